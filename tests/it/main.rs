//! One test binary: the stories, and the rules that the repository keeps about itself.

mod story;
mod tidy;
