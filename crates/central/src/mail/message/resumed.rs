//! 停止解除: what a report had stopped works again.

use domain::customer::{Customer, CustomerEvent};

use super::{Letter, UNEXPECTED, chosen, paragraphs};

pub(super) fn resumed(customer: &Customer, events: &[&CustomerEvent]) -> Option<Letter> {
    let works = chosen(customer, events, |event| match event {
        CustomerEvent::CertificateResumed { certificate } => Some(*certificate),
        _ => None,
    });
    let released = chosen(customer, events, |event| match event {
        CustomerEvent::RightReleased { certificate } => Some(*certificate),
        _ => None,
    });
    // What has expired so long ago that nothing can be done with it is not told of.
    let (open, expired): (Vec<_>, Vec<_>) =
        released.into_iter().filter(|c| c.alive()).partition(|c| c.state.successor());
    if works.is_empty() && open.is_empty() && expired.is_empty() {
        return None;
    }
    let mut text = "一時停止を解除しました。\n".to_owned();
    if !works.is_empty() {
        text.push_str("\n【解除した電子証明書】ふたたびログインできます。\n");
        text.push_str(&paragraphs(works));
    }
    if !open.is_empty() {
        text.push_str("\n【取得の停止を解除したもの】取得期限までに取得できます。\n");
        text.push_str(&paragraphs(open));
    }
    if !expired.is_empty() {
        text.push_str("\n【再取得の停止を解除したもの】有効期限の切れた電子証明書です。再取得の期間のうちは、取り替えられます。\n");
        text.push_str(&paragraphs(expired));
    }
    text.push_str(&format!("\n{UNEXPECTED}"));
    Some(Letter { kind: "resumed", subject: "電子証明書の一時停止を解除しました".to_owned(), text })
}
