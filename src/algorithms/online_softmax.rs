//! Softmax in one look less: the running maximum and the sum that is re-measured whenever it moves.
