//! 取り込み in the real window, without a mouse: a file with bad lines is told line by line and nothing of it is written; the corrected
//! one is looked at, taken over, and found.

use e2e::centre::Centre;
use thirtyfour::prelude::*;

use crate::page::repository;
use crate::window::shown;
use crate::window_enrol::{enrolled, signed_in, start_desk_with};

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_looked_at_and_taken_over() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut centre = Centre::new(|_| {});
    let seat = centre.invite("000", "本部 1番");
    centre.start();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("customers.csv");
    let sample = std::fs::read_to_string(repository().join("assets/import/sample.csv")).unwrap();
    let mut lines: Vec<String> = sample.lines().map(str::to_owned).collect();
    let good = lines.join("\n");
    lines[1] = lines[1].replace("管理者", "社長");
    lines[2].push_str(",余り");
    std::fs::write(&file, lines.join("\n")).unwrap();
    let profile = folder.path().join("profile");
    let (_driver, port) = start_desk_with(&profile, &[("MADOGUCHI_IMPORT_FILE", file.as_os_str())]);
    let desk = shown(port, "import").await;
    desk.find("enrol").await;
    enrolled(&desk, &centre, &seat).await;
    signed_in(&desk, "h9001").await;
    desk.enter("nav-admin").await;
    desk.enter("admin-import").await;
    desk.find("import").await;
    desk.shot("01-nothing").await;
    desk.enter("import-choose").await;
    desk.find("import-problems").await;
    let said = desk.text("import-problems").await;
    assert!(said.contains("役割") && said.contains("管理者") && said.contains("列の数が1行目と違います"), "{said}");
    assert!(desk.driver.find_all(By::Css("[data-testid='import-begin']")).await.unwrap().is_empty());
    desk.shot("02-bad-lines").await;
    // What is wrong is a file too, in the words of the screen.
    desk.enter("export").await;
    desk.find("exported").await;
    let mut saved = std::fs::read_dir(&profile).unwrap().map(|entry| entry.unwrap().path());
    let saved = saved.find(|path| path.extension().is_some_and(|end| end == "csv")).unwrap();
    let saved = std::fs::read_to_string(saved).unwrap();
    assert!(saved.lines().count() == 3 && saved.contains("列の数が1行目と違います"), "{saved}");
    desk.shot("02-bad-lines-saved").await;
    // Columns that are missing, and those nobody knows, are named.
    std::fs::write(&file, good.replacen("契約日", "開始日", 1)).unwrap();
    desk.enter("import-choose").await;
    desk.find("error").await;
    let said = desk.text("import").await;
    assert!(said.contains("足りない列: 契約日") && said.contains("開始日"), "{said}");
    desk.shot("02-columns").await;
    std::fs::write(&file, good).unwrap();
    desk.enter("import-choose").await;
    desk.find("import-begin").await;
    desk.shot("03-good").await;
    desk.enter("import-begin").await;
    desk.find("import-written").await;
    desk.shot("04-written").await;
    let _ = desk.driver.quit().await;
    centre.stop();
    assert_eq!(centre.check().findings, []);
}
