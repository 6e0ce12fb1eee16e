//! Two instances on one PostgreSQL server: they race, the one that writes is killed, the server is killed. Nothing acknowledged
//! is lost, nothing is doubled, and who reads the feed misses nothing.

mod killed;
mod load;
mod mail;
mod race;
mod revoked;
mod staff;

use desk::secrets::Secrets;
use e2e::centre::{BRANCH, Centre};
use e2e::office::root_pem;
use e2e::served::Served;
use e2e::terminal::Terminal;

/// Two serving instances, and the same terminal at each of them.
struct Two {
    centre: Centre,
    first: Served,
    second: Served,
    at_first: Terminal,
    at_second: Terminal,
    root: String,
}

/// `url` is the address of an empty database. The first one writes.
async fn two(url: String) -> Two {
    let centre = Centre::new(|config| config.database.url = url);
    let invitation = centre.invite(BRANCH, "窓口 1番");
    let root = root_pem(&centre);
    let first = Served::start(&centre, None).await;
    let second = Served::beside(&centre).await;
    let secrets = Secrets::Files(centre.dir.path().join("terminal"));
    let identity = desk::enrol::enrol(&first.at.enrol, &root, &invitation, &secrets).await.unwrap();
    let at = |served: &Served| {
        let mut terminal = Terminal::new(identity.clone(), &secrets);
        terminal.moved(&served.at.terminal);
        terminal
    };
    let (at_first, at_second) = (at(&first), at(&second));
    Two { centre, first, second, at_first, at_second, root }
}

/// How often, in a normal run and in a long one.
fn often(normal: usize, long: usize) -> usize {
    if std::env::var_os("MADOGUCHI_ACTS").is_some() { long } else { normal }
}

#[allow(clippy::print_stdout, reason = "what was measured, for whoever reads the test's output")]
fn say(text: &str) {
    println!("{text}");
}
