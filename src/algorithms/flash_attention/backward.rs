//! Gradients by recomputing P from the scores and one number per row.
