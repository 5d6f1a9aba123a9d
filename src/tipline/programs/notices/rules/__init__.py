"""What is decided without database, clock or network: addresses, states, recipients, the notice's form, figures."""
