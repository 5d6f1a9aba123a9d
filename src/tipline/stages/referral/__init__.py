"""Stage 7, referral: package a report for each chosen agency and make it available; supplement it; refer early.

Owns what an agency may see of a report: its inbox line, its page, its package.
Promises that an agency sees its own referrals alone, that sealed files are listed and never handed over, and that a
package never changes: what is new comes as a further version.
"""
