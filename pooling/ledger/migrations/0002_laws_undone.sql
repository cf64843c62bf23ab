ALTER TABLE ledger_account RESET (fillfactor);
DROP FUNCTION ledger_account_balance() CASCADE;
DROP FUNCTION ledger_posting_chain() CASCADE;
DROP FUNCTION ledger_posting_balance_after() CASCADE;
DROP FUNCTION ledger_entry_balanced() CASCADE;
DROP FUNCTION ledger_account_identity() CASCADE;
DROP FUNCTION ledger_append_only() CASCADE;
DROP FUNCTION ledger_refuse(text, text, text);
