"""Every framework nbdiag knows, in the order their readers are asked."""
