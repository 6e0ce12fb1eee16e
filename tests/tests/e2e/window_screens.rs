//! Every screen there is, in the real window, each by itself: everybody can use it (axe-core), and nothing stands out of what letters
//! of twice the size leave of the window.

use crate::page::Page;
use crate::window::{shown, start_window};

/// Address, and what its page says when it is there.
const OF_A_BRANCH: [(&str, &str); 11] = [
    ("today", "today"),
    ("search", "search"),
    ("new-customer", "new-customer-page"),
    ("guide", "search"),
    ("approvals", "approvals"),
    ("log", "log"),
    ("verify", "verification"),
    ("report", "report"),
    ("sign-off", "sign-off"),
    ("sync", "sync"),
    ("about", "about"),
];
const OF_HEAD_OFFICE: [(&str, &str); 5] = [
    ("admin/staff", "staff"),
    ("admin/terminals", "terminals"),
    ("admin/branches", "branches"),
    ("admin/policy", "policy"),
    ("admin/import", "import"),
];

async fn look(desk: &Page, screens: &[(&str, &str)]) {
    for (address, name) in screens {
        desk.driver.execute(format!("window.location.hash = '#/{address}';"), vec![]).await.unwrap();
        desk.find(name).await;
        let step = address.replace('/', "-");
        desk.shot(&step).await;
        desk.in_little_room(&step).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_screen_has_room_for_large_letters() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (_driver, port) = start_window(folder.path());
    let desk = shown(port, "screens").await;
    desk.find("sign-in").await;
    desk.sign_in("t1001").await;
    look(&desk, &OF_A_BRANCH).await;
    desk.click("sign-out").await;
    desk.find("sign-in").await;
    desk.in_little_room("sign-in").await;
    desk.sign_in("h9001").await;
    look(&desk, &OF_HEAD_OFFICE).await;
    desk.driver.clone().quit().await.unwrap();
}
