"""Route: which agencies, why, how sure; TRIAGED to ROUTED."""
