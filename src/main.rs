//! Mounts the page.

fn main() {
    unrolled::app::start();
}
