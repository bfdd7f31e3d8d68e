//! How many elements each algorithm moves, in closed form.
