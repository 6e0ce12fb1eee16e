// The contracts of a customer: those in force first, those that ended folded away.
import type { ContractView } from "../../../generated/desk";
import { t } from "../../../shared/text/ja";
import { ContractCard } from "./contract-card";

export function Contracts({ contracts }: { contracts: ContractView[] }) {
	const newestFirst = [...contracts].reverse();
	const closed = newestFirst.filter((contract) => !contract.active);
	return (
		<>
			{newestFirst
				.filter((contract) => contract.active)
				.map((contract) => (
					<ContractCard key={contract.number} contract={contract} />
				))}
			{closed.length > 0 && (
				<details className="closed-contracts" open={closed.length === contracts.length} data-testid="closed-contracts">
					<summary>{t("closedContracts", { count: closed.length })}</summary>
					{closed.map((contract) => (
						<ContractCard key={contract.number} contract={contract} />
					))}
				</details>
			)}
		</>
	);
}
