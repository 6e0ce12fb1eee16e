//! A branch's whole life at random: acts of every kind on some tens of user IDs, nights that pass, and after them every
//! serial ever issued is asked about by tools that are not ours. What they are told is what the domain's state says.
//! Longer with `MADOGUCHI_ACTS`; the same once more with the printed `MADOGUCHI_SEED`.

mod acts;
mod ask;
mod night;
mod world;

use std::collections::BTreeMap;

use ask::{Clients, Sides};
use e2e::centre::Kind;
use e2e::on_both;
use world::World;

/// Acts of a normal run.
const ACTS: usize = 100;
/// The tools are asked after so many nights, and at the end.
const NIGHTS: usize = 8;

/// Kinds of acts that never happened.
fn missing(world: &World) -> Vec<&'static str> {
    let seen: BTreeMap<_, _> = world.counts().collect();
    acts::EVERY.iter().copied().filter(|kind| !seen.contains_key(kind)).collect()
}

async fn every_serial_stands_where_the_log_says_over_a_random_history(kind: Kind) {
    let wanted: usize = std::env::var("MADOGUCHI_ACTS").ok().and_then(|n| n.parse().ok()).unwrap_or(ACTS);
    let mut world = World::begin(kind, wanted).await;
    let mut clients = Clients::new(&world);
    for night in 1.. {
        world.day().await;
        if !world.today_is_today() {
            world.night().await;
        }
        // In a hundred acts luck may leave out a few kinds, in a thousand it does not; where it leaves out more, it goes on.
        let enough = missing(&world).len() * wanted <= 4 * ACTS || world.done() >= 4 * wanted;
        let over = world.done() >= wanted && world.today_is_today() && enough;
        if night % NIGHTS == 0 || over {
            clients.moved(&world);
            clients.agree(&world, if over { Sides::All } else { Sides::Some }).await;
        }
        if over {
            break;
        }
    }
    clients.judge_everything(&world).await;
    let seen: BTreeMap<_, _> = world.counts().collect();
    #[allow(clippy::print_stdout, reason = "what happened, for whoever reads the test's output")]
    {
        println!("{seen:?}");
    }
    let missing = missing(&world);
    assert!(missing.len() * wanted <= 4 * ACTS, "never happened: {missing:?} of {seen:?}");
    world.stop();
    assert_eq!(world.centre.check().findings, []);
    // All of it can be thrown away and comes back as it was.
    let before = world.everything().await;
    world.vandalise().await;
    assert_ne!(world.everything().await, before);
    world.centre.rebuild();
    assert_eq!(world.everything().await, before);
    assert_eq!(world.centre.check().findings, []);
}

on_both!(every_serial_stands_where_the_log_says_over_a_random_history);
