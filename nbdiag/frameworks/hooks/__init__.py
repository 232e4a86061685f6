"""What every hook is made of: patches come and go without a trace, what ours raises stays ours, what is seen is told as events."""
