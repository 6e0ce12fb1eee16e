//! The address a request came from: the peer, or what a trusted reverse proxy says. IPv6 counts as its /64.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;

use super::App;

/// The client's address as text.
pub(super) struct Address(pub(super) String);

impl FromRequestParts<App> for Address {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let forwarded = || -> Option<IpAddr> {
            // The last hop that a trusted proxy added; what stands before it may be invented.
            parts.headers.get("x-forwarded-for")?.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
        };
        let address = match peer {
            Some(ip) if app.config.portal.trusted_proxies.contains(&ip) => forwarded().or(Some(ip)),
            other => other,
        };
        Ok(Self(address.map_or_else(|| "unknown".to_owned(), network)))
    }
}

fn network(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => ip.to_string(),
            None => {
                let [a, b, c, d, ..] = ip.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        },
    }
}
