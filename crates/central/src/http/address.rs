//! The address a request came from: the peer, or what a trusted reverse proxy says. IPv6 counts as its /64.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::App;

/// The client's address as text.
pub(super) struct Address(pub(super) String);

impl FromRequestParts<App> for Address {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let address = peer.map(|peer| client(peer, &parts.headers, &app.config.portal.trusted_proxies));
        Ok(Self(address.map_or_else(|| "unknown".to_owned(), network)))
    }
}

/// Who stands behind this peer. A trusted proxy that names no address counts itself: its customers may be slowed as one, but
/// none of them passes for somebody else.
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    // A socket for both families calls an IPv4 peer ::ffff:a.b.c.d.
    if !trusted.iter().any(|proxy| proxy.to_canonical() == peer.to_canonical()) {
        return peer;
    }
    // The last hop, which the proxy added: at the end of a line, or as a line of its own behind the client's. What stands
    // before it may be invented.
    let last = headers.get_all("x-forwarded-for").iter().next_back();
    last.and_then(|line| line.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()).unwrap_or(peer)
}

fn network(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use axum::http::HeaderValue;

    use super::*;

    /// What counts for a request from `peer` with these lines, where 10.0.0.5 and 2001:db8::5 are trusted.
    fn seen(peer: &str, lines: &[&str]) -> String {
        let trusted = ["10.0.0.5", "2001:db8::5"].map(|ip| ip.parse().unwrap());
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        network(client(peer.parse().unwrap(), &headers, &trusted))
    }

    #[test]
    fn the_last_address_of_the_last_line_counts() {
        for lines in [
            &["192.0.2.1"][..],
            &["203.0.113.9, 192.0.2.1"],
            &["203.0.113.9,192.0.2.1 "],
            &["203.0.113.9", "192.0.2.1"],
            &["203.0.113.9, 203.0.113.8", "nonsense", "203.0.113.7, 192.0.2.1"],
            &["203.0.113.9", "::ffff:192.0.2.1"],
        ] {
            for proxy in ["10.0.0.5", "::ffff:10.0.0.5", "2001:db8::5"] {
                assert_eq!(seen(proxy, lines), "192.0.2.1", "{proxy} {lines:?}");
            }
        }
        assert_eq!(seen("10.0.0.5", &["203.0.113.9", "2001:db8:1:2:3::4"]), "2001:db8:1:2::/64");
    }

    #[test]
    fn where_the_proxy_names_no_address_it_counts_itself() {
        for last in
            ["", " ", "unknown", "203.0.113.9,", "203.0.113.9, unknown", "192.0.2.1:4711", "[2001:db8::1]", "見本"]
        {
            for proxy in ["10.0.0.5", "::ffff:10.0.0.5"] {
                assert_eq!(seen(proxy, &["203.0.113.9", last]), "10.0.0.5", "{last}");
            }
        }
        assert_eq!(seen("10.0.0.5", &[]), "10.0.0.5");
    }

    #[test]
    fn nobody_else_is_believed() {
        for (peer, counts) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("10.0.0.6", "10.0.0.6"),
            ("2001:db8::6", "2001:db8:0:0::/64"),
        ] {
            assert_eq!(seen(peer, &["203.0.113.9", "203.0.113.8"]), counts);
        }
    }

    #[test]
    fn a_trusted_proxy_may_be_written_as_a_mapped_address_too() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("192.0.2.1"));
        let trusted: [IpAddr; 1] = ["::ffff:10.0.0.5".parse().unwrap()];
        assert_eq!(network(client("10.0.0.5".parse().unwrap(), &headers, &trusted)), "192.0.2.1");
    }
}
