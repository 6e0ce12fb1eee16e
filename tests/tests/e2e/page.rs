//! A page under a WebDriver: of the real window, or of a real Chromium.

use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use thirtyfour::prelude::*;

/// How long anything may take before the test says where it hangs.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

pub(crate) fn results() -> PathBuf {
    let dir = std::env::var_os("MADOGUCHI_RESULTS").map_or_else(|| repository().join("test-results"), PathBuf::from);
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A driver process that ends with the test.
pub(crate) struct Driver(pub(crate) Child);

impl Drop for Driver {
    fn drop(&mut self) {
        // The driver starts others; they are its process group.
        let _ = Command::new("kill").arg("--").arg(format!("-{}", self.0.id())).status();
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) async fn connect(port: u16, capabilities: serde_json::Value) -> WebDriver {
    let mut wanted = Capabilities::new();
    for (key, value) in capabilities.as_object().unwrap() {
        wanted.set(key.clone(), value.clone()).unwrap();
    }
    let start = Instant::now();
    loop {
        match WebDriver::new(format!("http://127.0.0.1:{port}"), wanted.clone()).await {
            Ok(driver) => return driver,
            Err(error) if start.elapsed() > PATIENCE => panic!("no session: {error}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
}

/// A page with what tests do to it.
pub(crate) struct Page {
    pub(crate) driver: WebDriver,
    pub(crate) shots: PathBuf,
    pub(crate) name: &'static str,
}

impl Page {
    pub(crate) async fn find(&self, id: &str) -> WebElement {
        let wait =
            self.driver.query(By::Css(format!("[data-testid='{id}']"))).wait(PATIENCE, Duration::from_millis(50));
        match wait.first().await {
            Ok(element) => element,
            Err(_) => {
                self.picture("failed").await;
                let text = self.driver.find(By::Tag("body")).await.unwrap().text().await.unwrap_or_default();
                panic!("{id} did not appear on {}; the page says:\n{text}", self.name)
            }
        }
    }

    pub(crate) async fn click(&self, id: &str) {
        let element = self.find(id).await;
        element.wait_until().wait(PATIENCE, Duration::from_millis(50)).enabled().await.unwrap();
        self.click_on(&element).await;
    }

    pub(crate) async fn click_on(&self, element: &WebElement) {
        element.scroll_into_view().await.unwrap();
        self.at_rest(element).await;
        element.click().await.unwrap();
    }

    /// Until an element stays where it is for a frame: a click goes to a place, and what is above may still come or go.
    async fn at_rest(&self, element: &WebElement) {
        let still = "const [element, done] = arguments; const place = () => { const { x, y } = element.getBoundingClientRect(); return `${x} ${y}`; };
            const before = place(); requestAnimationFrame(() => requestAnimationFrame(() => done(place() === before)));";
        let start = Instant::now();
        loop {
            let asked = self.driver.execute_async(still, vec![element.to_json().unwrap()]).await.unwrap();
            if asked.convert::<bool>().unwrap() {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "{} does not come to rest", self.name);
        }
    }

    pub(crate) async fn fill(&self, id: &str, text: &str) {
        let element = self.find(id).await;
        self.click_on(&element).await;
        element.clear().await.unwrap();
        element.send_keys(text).await.unwrap();
    }

    pub(crate) async fn press(&self, key: Key) {
        self.driver.action_chain().send_keys(key).perform().await.unwrap();
    }

    /// A combination of keys, for whatever has the focus.
    pub(crate) async fn press_all(&self, keys: TypingData) {
        self.driver.active_element().await.unwrap().send_keys(keys).await.unwrap();
    }

    /// Types where the focus is.
    pub(crate) async fn keys(&self, text: &str) {
        self.driver.active_element().await.unwrap().send_keys(text).await.unwrap();
    }

    /// Types over what is there.
    pub(crate) async fn retype(&self, text: &str) {
        self.press_all(Key::Control + "a").await;
        self.keys(text).await;
    }

    /// Takes something of a list to choose from.
    pub(crate) async fn choose(&self, id: &str, value: &str) {
        let choice = self.find(id).await.find(By::Css(format!("option[value='{value}']"))).await.unwrap();
        choice.click().await.unwrap();
    }

    /// Presses what a key reaches.
    pub(crate) async fn enter(&self, id: &str) {
        self.tab_to(id).await;
        self.press(Key::Enter).await;
    }

    /// Goes from field to field, forth and, where that ends, from the start again, as people without a mouse do.
    pub(crate) async fn tab_to(&self, id: &str) {
        self.find(id).await;
        for _ in 0..200 {
            if self.focused().await == id {
                return;
            }
            self.press(Key::Tab).await;
        }
        panic!("{id} can't be reached by keyboard on {}", self.name);
    }

    /// A screenshot of what letters of twice the size leave of 1366 by 768, and a test that nothing is cut off at the
    /// side. The window does not get as small as that, so the page is enlarged for the rest.
    pub(crate) async fn in_little_room(&self, step: &str) {
        let (before, width) = (self.driver.get_window_rect().await.unwrap(), self.inner_width().await);
        self.driver.set_window_rect(0, 0, 683, 384).await.unwrap();
        self.laid_out(|now| now < width).await;
        let enlarge = "document.documentElement.style.zoom = window.innerWidth / 683; return [document.documentElement.scrollWidth, document.documentElement.clientWidth, [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > window.innerWidth + 1).map((e) => e.className || e.tagName)];";
        let found = self.driver.execute(enlarge, vec![]).await.unwrap();
        let (scroll, inner, over): (f64, f64, Vec<String>) = found.convert().unwrap();
        self.picture(&format!("{step}-200")).await;
        self.driver.execute("document.documentElement.style.zoom = 1;", vec![]).await.unwrap();
        let (right, bottom) = (u32::try_from(before.width).unwrap(), u32::try_from(before.height).unwrap());
        self.driver.set_window_rect(0, 0, right, bottom).await.unwrap();
        // Before that, a click would meet what was there.
        self.laid_out(|now| now >= width).await;
        assert!(scroll <= inner + 1.0, "{step}: {scroll} wide in a window of {inner}; {over:?} stand out");
    }

    async fn inner_width(&self) -> f64 {
        self.driver.execute("return window.innerWidth;", vec![]).await.unwrap().convert().unwrap()
    }

    /// Until the page has heard of the window's size, which is a moment after the window has it.
    async fn laid_out(&self, fits: impl Fn(f64) -> bool) {
        let start = Instant::now();
        while !fits(self.inner_width().await) {
            assert!(start.elapsed() < PATIENCE, "{} is not laid out anew", self.name);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Until an element says so.
    pub(crate) async fn says(&self, id: &str, attribute: &str, wanted: &str) {
        let element = By::Css(format!("[data-testid='{id}'][{attribute}='{wanted}']"));
        let found = self.driver.query(element).wait(PATIENCE, Duration::from_millis(20)).first().await;
        assert!(found.is_ok(), "{id} never says {attribute}='{wanted}':\n{}", self.text(id).await);
    }

    /// Finds a customer by what was typed, and opens the first hit, by keyboard.
    pub(crate) async fn open_customer(&self, typed: &str) {
        self.press(Key::F2).await;
        self.fill("search-box", typed).await;
        self.find("hit").await;
        self.press(Key::Enter).await;
        self.find("customer").await;
    }

    /// On a customer's page: registers the application of the first user ID that can move to a certificate; gives it.
    pub(crate) async fn registers(&self) -> String {
        self.click("apply-move_to_certificate").await;
        self.find("application-form").await;
        let first = By::Css("[data-testid^='choose-']");
        let row = self.driver.query(first).wait(PATIENCE, Duration::from_millis(50)).first().await.unwrap();
        row.click().await.unwrap();
        let user = row.attr("data-testid").await.unwrap().unwrap().trim_start_matches("choose-").to_owned();
        self.fill(&format!("device-{user}"), "経理課 1号機").await;
        for check in ["check-seal", "check-environment", "check-terms"] {
            self.click(check).await;
        }
        self.choose("check-identity", "company_register").await;
        self.fill("applicant", "見本 太郎").await;
        self.click("submit").await;
        self.find("application").await;
        user
    }

    pub(crate) async fn text(&self, id: &str) -> String {
        self.find(id).await.text().await.unwrap()
    }

    /// What has the focus.
    pub(crate) async fn focused(&self) -> String {
        let element = self.driver.active_element().await.unwrap();
        element.attr("data-testid").await.unwrap().unwrap_or_default()
    }

    /// A picture of what is on screen, and a judge's word on whether everybody can use it.
    pub(crate) async fn shot(&self, step: &str) {
        self.picture(step).await;
        self.accessible(step).await;
    }

    /// axe-core (rules of WCAG 2 A and AA) finds nothing serious or critical.
    async fn accessible(&self, step: &str) {
        let there = self.driver.execute("return typeof axe === 'object';", vec![]).await.unwrap();
        if !there.convert::<bool>().unwrap() {
            let source = std::fs::read_to_string(repository().join("ui/node_modules/axe-core/axe.min.js")).unwrap();
            self.driver.execute(source, vec![]).await.unwrap();
        }
        let judge = "const done = arguments[0];
            const only = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] };
            axe.run(document, { runOnly: only, resultTypes: ['violations'] }).then(
                ({ violations }) => done(violations
                    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
                    .map(({ id, nodes }) => id + ': ' + nodes.map(({ html, any }) => html.slice(0, 200) + ' ' + any.map((one) => one.message).join(' ')).join(' | '))),
                (error) => done([String(error)]));";
        let found = self.driver.execute_async(judge, vec![]).await.unwrap();
        let found: Vec<String> = found.convert().unwrap();
        assert!(found.is_empty(), "{} {step}: {found:#?}", self.name);
    }

    pub(crate) async fn picture(&self, step: &str) {
        let settle = "const done = arguments[0]; document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(true))));";
        let _ = self.driver.execute_async(settle, vec![]).await;
        // WebKitGTK takes the picture after the next painting, and where it paints without OpenGL none comes by itself.
        let paint = "const style = document.documentElement.style;
            window.painting = setInterval(() => { style.outline = style.outline ? '' : '1px solid transparent'; }, 50);";
        let still = "clearInterval(window.painting); document.documentElement.style.outline = '';";
        self.driver.execute(paint, vec![]).await.unwrap();
        self.driver.screenshot(&self.shots.join(format!("{}-{step}.png", self.name))).await.unwrap();
        self.driver.execute(still, vec![]).await.unwrap();
    }

    pub(crate) async fn sign_in(&self, staff: &str) {
        self.fill("staff-id", staff).await;
        self.fill("password", desk::training::PASSWORD).await;
        self.press(Key::Enter).await;
        self.find("today").await;
    }
}

pub(crate) fn start_browser() -> (Driver, u16) {
    start_browser_by(Command::new("/usr/bin/chromedriver"))
}

/// `chromedriver` runs the driver, in whatever surroundings.
pub(crate) fn start_browser_by(mut chromedriver: Command) -> (Driver, u16) {
    let port = free_port();
    let child = chromedriver
        .arg(format!("--port={port}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .expect("chromedriver");
    (Driver(child), port)
}

/// `more` are further switches.
pub(crate) async fn browser(port: u16, folder: &Path, more: &[&str]) -> WebDriver {
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1366,900",
    ];
    let profile = format!("--user-data-dir={}", folder.join("chromium").display());
    let arguments: Vec<&str> = arguments.into_iter().chain([profile.as_str()]).chain(more.iter().copied()).collect();
    connect(
        port,
        json!({
            "browserName": "chrome",
            "goog:chromeOptions": {
                "args": arguments,
                "prefs": { "download.default_directory": folder, "download.prompt_for_download": false },
            },
        }),
    )
    .await
}
