-- The laws of the ledger, where no program can forget them. Each refusal names itself as a
-- CHECK would (23514 and a constraint name), so that Django raises IntegrityError with it.

CREATE FUNCTION ledger_refuse(law text, relation text, because text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = 'check_violation', CONSTRAINT = law, TABLE = relation,
        MESSAGE = format('"%s" violates "%s": %s', relation, law, because);
END $$;

-- Entries, postings and checkpoints are written once.
CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger_refuse(TG_TABLE_NAME || '_append_only', TG_TABLE_NAME, TG_OP || ' refused');
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_posting_append_only BEFORE UPDATE OR DELETE ON ledger_posting
    FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE TRIGGER ledger_checkpoint_append_only BEFORE UPDATE OR DELETE ON ledger_checkpoint
    FOR EACH ROW EXECUTE FUNCTION ledger_append_only();

-- An account keeps its name, its kind and whether it is guarded: postings refer to what it was.
CREATE FUNCTION ledger_account_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM ledger_refuse('ledger_account_identity_fixed', 'ledger_account', OLD.code);
    RETURN NULL;
END $$;

CREATE TRIGGER ledger_account_identity_fixed BEFORE UPDATE ON ledger_account FOR EACH ROW
    WHEN ((OLD.id, OLD.code, OLD.kind, OLD.guarded)
          IS DISTINCT FROM (NEW.id, NEW.code, NEW.kind, NEW.guarded))
    EXECUTE FUNCTION ledger_account_identity();

-- At commit an entry has at least two lines, they sum to zero, and all were written with it:
-- a pair of lines slipped under an old entry would sum to zero as well, hence the xmin.
CREATE FUNCTION ledger_entry_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_entry bigint;
    lines integer;
    total numeric;
    together boolean;
BEGIN
    IF TG_TABLE_NAME = 'ledger_entry' THEN of_entry := NEW.id; ELSE of_entry := NEW.entry_id; END IF;
    SELECT count(*), sum(posting.amount_fen), bool_and(posting.xmin = entry.xmin)
        INTO lines, total, together
        FROM ledger_posting AS posting JOIN ledger_entry AS entry ON entry.id = posting.entry_id
        WHERE posting.entry_id = of_entry;
    IF lines < 2 OR total <> 0 THEN
        PERFORM ledger_refuse('ledger_entry_balanced', 'ledger_entry',
            format('entry %s has %s lines, sum %s', of_entry, lines, coalesce(total, 0)));
    ELSIF NOT together THEN
        PERFORM ledger_refuse('ledger_entry_whole', 'ledger_entry',
            format('entry %s was already written', of_entry));
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_entry_balanced AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_balanced();
CREATE CONSTRAINT TRIGGER ledger_posting_balanced AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entry_balanced();

-- A guarded account's line says what was left after it; a scheme account's line cannot know.
CREATE FUNCTION ledger_posting_balance_after() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_guarded boolean;
BEGIN
    SELECT guarded INTO is_guarded FROM ledger_account WHERE id = NEW.account_id;
    IF is_guarded <> (NEW.balance_after_fen IS NOT NULL) THEN
        PERFORM ledger_refuse('ledger_posting_balance_after_iff_guarded', 'ledger_posting',
            format('account %s', NEW.account_id));
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ledger_posting_balance_after_iff_guarded BEFORE INSERT ON ledger_posting
    FOR EACH ROW EXECUTE FUNCTION ledger_posting_balance_after();

-- Each guarded line continues the one before it.
CREATE FUNCTION ledger_posting_chain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before_it bigint;
BEGIN
    SELECT balance_after_fen INTO before_it FROM ledger_posting
        WHERE account_id = NEW.account_id AND id < NEW.id ORDER BY id DESC LIMIT 1;
    IF coalesce(before_it, 0) + NEW.amount_fen <> NEW.balance_after_fen THEN
        PERFORM ledger_refuse('ledger_posting_continues', 'ledger_posting',
            format('line %s of account %s', NEW.id, NEW.account_id));
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_posting_continues AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.balance_after_fen IS NOT NULL)
    EXECUTE FUNCTION ledger_posting_chain();

-- At commit a guarded balance is what its last line says: neither moves without the other.
CREATE FUNCTION ledger_account_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_account bigint;
    balance bigint;
    posted bigint;
BEGIN
    IF TG_TABLE_NAME = 'ledger_account' THEN of_account := NEW.id;
    ELSE of_account := NEW.account_id; END IF;
    SELECT balance_fen INTO balance FROM ledger_account WHERE id = of_account;
    SELECT balance_after_fen INTO posted FROM ledger_posting
        WHERE account_id = of_account ORDER BY id DESC LIMIT 1;
    IF balance <> coalesce(posted, 0) THEN
        PERFORM ledger_refuse('ledger_account_balance_posted', 'ledger_account',
            format('account %s holds %s, its lines say %s', of_account, balance, posted));
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_account_balance_posted AFTER UPDATE ON ledger_account
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (OLD.balance_fen IS DISTINCT FROM NEW.balance_fen)
    EXECUTE FUNCTION ledger_account_balance();
CREATE CONSTRAINT TRIGGER ledger_account_opens_empty AFTER INSERT ON ledger_account
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.balance_fen <> 0)
    EXECUTE FUNCTION ledger_account_balance();
CREATE CONSTRAINT TRIGGER ledger_posting_moves_balance AFTER INSERT ON ledger_posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.balance_after_fen IS NOT NULL)
    EXECUTE FUNCTION ledger_account_balance();

-- A balance changes in place (no index holds it): leave room on the page for that.
ALTER TABLE ledger_account SET (fillfactor = 80);
