"""The chart beside others: what a refresh costs the kernel, what travels, how far the browser lags behind."""
