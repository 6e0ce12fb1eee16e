//! Which system and browser a customer uses, and whether the policy allows them. A courtesy, not a security boundary:
//! anybody can claim anything in these headers.

use axum::http::HeaderMap;
use domain::policy::{Browser, Platform, Policy};
use domain::{ErrorCode, Refusal};

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
}

/// Refuses what the policy does not allow.
pub(in crate::http) fn check(headers: &HeaderMap, policy: &Policy) -> Result<(), Refusal> {
    let (agent, hint) = (header(headers, "user-agent"), header(headers, "sec-ch-ua-platform"));
    let (platform, browser) = (platform(agent, hint), browser(agent));
    let allowed = platform.is_some_and(|p| policy.platforms.contains(&p))
        && browser.is_some_and(|b| policy.browsers.contains(&b));
    if allowed {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::PlatformNotAllowed)
        .with("platform", platform.map_or_else(|| "?".to_owned(), |p| format!("{p:?}")))
        .with("browser", browser.map_or_else(|| "?".to_owned(), |b| format!("{b:?}"))))
}

fn platform(agent: &str, hint: &str) -> Option<Platform> {
    match hint.trim_matches('"') {
        "Windows" => return Some(Platform::Windows),
        "macOS" => return Some(Platform::Macos),
        "Linux" => return Some(Platform::Linux),
        _ => {}
    }
    if agent.contains("Windows NT") {
        Some(Platform::Windows)
    } else if agent.contains("iPhone") || agent.contains("iPad") || agent.contains("Android") {
        None
    } else if agent.contains("Macintosh") {
        Some(Platform::Macos)
    } else if agent.contains("Linux") {
        Some(Platform::Linux)
    } else {
        None
    }
}

fn browser(agent: &str) -> Option<Browser> {
    if agent.contains("Firefox/") {
        Some(Browser::Firefox)
    } else if agent.contains("Edg/") {
        Some(Browser::Edge)
    } else if agent.contains("OPR/") || agent.contains("Vivaldi") || agent.contains("SamsungBrowser") {
        None
    } else if agent.contains("Chrome/") || agent.contains("HeadlessChrome/") {
        Some(Browser::Chrome)
    } else if agent.contains("Safari/") {
        Some(Browser::Safari)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn only_what_the_seed_names_is_allowed() {
        let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)";
        for (agent, good) in [
            (format!("{windows} Chrome/140.0.0.0 Safari/537.36"), true),
            (format!("{windows} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"), true),
            (format!("{windows} Chrome/140.0.0.0 Safari/537.36 OPR/120.0"), false),
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0".into(), false),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15".into(),
                false,
            ),
            ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36".into(), false),
            (String::new(), false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("user-agent", agent.parse().unwrap());
            assert_eq!(check(&headers, &Policy::default()).is_ok(), good, "{agent}");
        }
    }
}
