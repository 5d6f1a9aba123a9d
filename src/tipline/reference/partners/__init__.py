"""The registry of partners: companies, hotlines, organisations and agencies that we have an agreement with.

Owns: partners, their contacts, agreements, keys and credentials. Promises: no agreement, no access; a credential
works for one service in one environment, as long as an agreement for it lives.
"""
