//! What every mail has in common: who writes, the greeting, both contacts, and in training the word for it.

use wire::api::portal::Contact;

use super::message::Letter;
use crate::config::Config;

/// The institution as it stands on its mails.
#[derive(Debug, Clone)]
pub(crate) struct Letterhead {
    pub(crate) institution: String,
    pub(crate) training: bool,
    pub(crate) contacts: Vec<Contact>,
}

/// Text in one line: whatever acts unseen (line ends, other control and direction characters) is a space.
pub(crate) fn line(text: &str) -> String {
    let unseen = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars().map(|c| if unseen(c) { ' ' } else { c }).collect()
}

impl Letterhead {
    /// `None` where no mail is sent.
    pub(crate) fn of(config: &Config) -> Option<Self> {
        (!config.mail.host.is_empty()).then(|| Self {
            institution: line(&config.institution.name),
            training: config.institution.training,
            contacts: config.contacts.clone(),
        })
    }

    /// Subject and text of a mail. Nothing a customer wrote is in the subject.
    pub(crate) fn frame(&self, name: Option<&str>, letter: &Letter) -> (String, String) {
        let Self { institution, training, contacts } = self;
        let mark = if *training { "【訓練】" } else { "" };
        let subject = format!("{mark}【{institution}】{}", letter.subject);
        let name = line(name.unwrap_or("お客"));
        let mut text = String::new();
        if *training {
            text.push_str("【訓練】これは訓練用のメールです。実際のお手続きではありません。\n\n");
        }
        text.push_str(&format!(
            "{name} 様\n\nいつも{institution}をご利用いただき、ありがとうございます。\nWEB-FBの電子証明書についてお知らせします。\n\n{}\n",
            letter.text.trim_end()
        ));
        text.push_str(
            "\n----------------------------------------\n\
             このメールは送信専用です。ご返信いただいてもお答えできません。\n\
             当金庫がメールで取得コードやパスワードをお尋ねしたり、メールにログイン用のリンクを載せたりすることはありません。\n",
        );
        for contact in contacts {
            text.push_str(&format!(
                "\n{}\n  電話 {}\n  受付時間 {}\n",
                line(&contact.title),
                line(&contact.phone),
                line(&contact.hours)
            ));
            if let Some(email) = &contact.email {
                text.push_str(&format!("  Eメール {}\n", line(email)));
            }
        }
        text.push_str(&format!("\n{institution}\n"));
        (subject, text)
    }
}
