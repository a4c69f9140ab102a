//! The whole platform as stories, and the repository's rules about itself: see `it/`.
