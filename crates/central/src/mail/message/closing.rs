//! 解約・再契約: a contract will end, and with it its certificates.

use domain::customer::{Customer, CustomerEvent};

use super::{Letter, UNEXPECTED, day, masked};

pub(super) fn closing(customer: &Customer, events: &[&CustomerEvent]) -> Option<Letter> {
    let (contract, closing_on) = events.iter().find_map(|event| match event {
        CustomerEvent::ContractClosing { contract, closing_on } => Some((contract, *closing_on)),
        _ => None,
    })?;
    let successor = customer.contract(contract).and_then(|c| c.successor.as_ref());
    let (word, new) = match successor {
        Some(new) => ("再契約", format!("  新しい契約者番号 {}\n", masked(new))),
        None => ("解約", String::new()),
    };
    let next = match successor {
        Some(_) => "新しい契約では、新しい電子証明書の取得が必要です。これまでの電子証明書は引き継がれません。\n",
        None => "",
    };
    Some(Letter {
        kind: "closing",
        subject: format!("WEB-FB契約の{word}を承りました"),
        text: format!(
            "WEB-FB契約の{word}を承りました。解約日から、この契約の電子証明書ではログインできません。\n\n\
             ■ 契約者番号 {}\n  解約日 {}\n{new}\n{next}{UNEXPECTED}",
            masked(contract),
            day(closing_on)
        ),
    })
}
