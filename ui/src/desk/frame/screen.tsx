// From route to screen.
import type { Status } from "../../generated/desk";
import { About } from "../features/about/about";
import { Admin } from "../features/admin/admin";
import { ApplicationPage } from "../features/application/application-page";
import { Apply } from "../features/application/apply";
import { Correct } from "../features/application/correct";
import { Approvals } from "../features/approval/approvals";
import { CustomerPage } from "../features/customer/customer-page";
import { NewCustomer } from "../features/customer/new-customer";
import { Guide } from "../features/guide/guide";
import { Entry } from "../features/log/entry";
import { History } from "../features/log/history";
import { Log } from "../features/log/log";
import { Verification } from "../features/log/verification";
import { Report } from "../features/report/report";
import { Search } from "../features/search/search";
import { LedgerPage } from "../features/sign-off/ledger-page";
import { SignOff } from "../features/sign-off/sign-off";
import { NoticePage } from "../features/slip/notice-page";
import { ReceiptSlip } from "../features/slip/receipt-slip";
import { SlipPage } from "../features/slip/slip-page";
import { Sync } from "../features/sync/sync";
import { Today } from "../features/today/today";
import { useArrival, useRoute } from "../route";

export function Screen({ status }: { status: Status }) {
	const route = useRoute();
	const arrival = useArrival();
	switch (route.screen) {
		case "today":
			return <Today status={status} list={route.list} />;
		case "search":
			return <Search key="search" />;
		case "customer":
			return <CustomerPage key={route.id} id={route.id} />;
		case "new-customer":
			return <NewCustomer />;
		case "apply":
			return <Apply key={arrival} customer={route.customer} kind={route.kind} draft={route.draft} />;
		case "correct":
			return <Correct key={route.id} id={route.id} />;
		case "application":
			return <ApplicationPage key={route.id} id={route.id} />;
		case "slip":
			return <SlipPage key={route.id} id={route.id} application={route.application} status={status} />;
		case "receipt":
			return <ReceiptSlip key={route.id} id={route.id} />;
		case "guide":
			return route.id ? <Guide key={route.id} id={route.id} /> : <Search key="guide" then="guide" />;
		case "notice":
			return <NoticePage key={route.id} id={route.id} notice={route.notice} />;
		case "approvals":
			return <Approvals selected={route.id} status={status} />;
		case "log":
			return <Log />;
		case "log-entry":
			return <Entry key={route.index} index={route.index} />;
		case "history":
			return <History key={window.location.hash} customer={route.customer} certificate={route.certificate} />;
		case "verify":
			return <Verification />;
		case "report":
			return <Report />;
		case "sign-off":
			return <SignOff key={route.branch ?? ""} branch={route.branch} day={route.day} />;
		case "ledger":
			return <LedgerPage branch={route.branch} day={route.day} />;
		case "sync":
			return <Sync />;
		case "admin":
			return <Admin part={route.part} status={status} />;
		case "about":
			return <About status={status} />;
	}
}
