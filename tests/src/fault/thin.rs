//! A thin line by the kernel's own means: a network namespace whose one way out is shaped (`tc tbf`) and can be taken down like a
//! cable that is pulled. Takes root and a kernel that allows it.

use std::process::Command;

/// A namespace behind a thin line. It goes with this value.
pub struct ThinLine {
    name: String,
    /// This end of it.
    here: String,
    /// Its address on this side.
    pub address: std::net::IpAddr,
}

fn run(command: &str) -> Result<(), String> {
    let mut words = command.split(' ');
    let mut program = Command::new(words.next().unwrap_or_default());
    let done = program.args(words).output().map_err(|e| format!("{command}: {e}"))?;
    if done.status.success() {
        Ok(())
    } else {
        Err(format!("{command}: {}", String::from_utf8_lossy(&done.stderr).trim()))
    }
}

impl ThinLine {
    /// Of so many kbit/s in either direction, with a queue that holds half a second.
    ///
    /// # Errors
    /// This machine does not permit it.
    pub fn new(kbit: u32) -> Result<Self, String> {
        let id = std::process::id() % 16_000;
        let (name, here, there) = (format!("mdg{id}"), format!("mdg{id}a"), format!("mdg{id}b"));
        let net = format!("10.{}.{}", 64 + id / 250, 1 + id % 250);
        let line = Self { name, here, address: format!("{net}.1").parse().map_err(|e| format!("{e}"))? };
        let Self { name, here, .. } = &line;
        let shape = format!("tbf rate {kbit}kbit burst 4kb latency 500ms");
        for command in [
            format!("ip netns add {name}"),
            format!("ip link add {here} type veth peer name {there}"),
            format!("ip link set {there} netns {name}"),
            format!("ip addr add {net}.1/30 dev {here}"),
            format!("ip link set {here} up"),
            format!("ip netns exec {name} ip addr add {net}.2/30 dev {there}"),
            format!("ip netns exec {name} ip link set {there} up"),
            format!("ip netns exec {name} ip link set lo up"),
            format!("tc qdisc add dev {here} root {shape}"),
            format!("ip netns exec {name} tc qdisc add dev {there} root {shape}"),
        ] {
            run(&command)?;
        }
        Ok(line)
    }

    /// A program at the other end.
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name]).arg(program);
        command
    }

    /// Pulls the cable, or puts it back.
    pub fn link(&self, up: bool) {
        run(&format!("ip link set {} {}", self.here, if up { "up" } else { "down" })).unwrap();
    }
}

impl Drop for ThinLine {
    fn drop(&mut self) {
        let _ = run(&format!("ip link del {}", self.here));
        let _ = run(&format!("ip netns del {}", self.name));
    }
}
