"""Approved minutes, what calendars were told, and votes stay as they are; what is secret never becomes named."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION advisory_minutes_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'minutes are never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('approved', 'published') AND (
        (NEW.id, NEW.meeting_id, NEW.number, NEW.text, NEW.reason, NEW.version, NEW.digest, NEW.made_at, NEW.made_by_id,
         NEW.circulated_at, NEW.approved_at, NEW.approved_by_id)
        IS DISTINCT FROM
        (OLD.id, OLD.meeting_id, OLD.number, OLD.text, OLD.reason, OLD.version, OLD.digest, OLD.made_at, OLD.made_by_id,
         OLD.circulated_at, OLD.approved_at, OLD.approved_by_id)
        OR OLD.state = 'published' OR NEW.state <> 'published')
    THEN
        RAISE EXCEPTION 'approved minutes stay as they are; a correction is a new revision'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION advisory_ballot_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state = 'created' THEN RETURN OLD; END IF;
        RAISE EXCEPTION 'a ballot that was opened stays' USING ERRCODE = 'restrict_violation';
    END IF;
    IF array_position(ARRAY['created', 'open', 'closed', 'published'], NEW.state::text)
        < array_position(ARRAY['created', 'open', 'closed', 'published'], OLD.state::text)
    THEN
        RAISE EXCEPTION 'a ballot never goes back' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.secrecy = 'secret' AND NEW.secrecy <> 'secret') OR (OLD.hidden AND NOT NEW.hidden) THEN
        RAISE EXCEPTION 'what is secret or hidden stays so' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'created' AND (NEW.meeting_id, NEW.question, NEW.kind, NEW.secrecy, NEW.hidden, NEW.options, NEW.most,
        NEW.base, NEW.percent, NEW.opened_at) IS DISTINCT FROM (OLD.meeting_id, OLD.question, OLD.kind, OLD.secrecy,
        OLD.hidden, OLD.options, OLD.most, OLD.base, OLD.percent, OLD.opened_at)
    THEN
        RAISE EXCEPTION 'what is voted on stays while it is voted on, and after' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('closed', 'published') AND (NEW.closed_at, NEW.entitled, NEW.present, NEW.quorum, NEW.result)
        IS DISTINCT FROM (OLD.closed_at, OLD.entitled, OLD.present, OLD.quorum, OLD.result)
    THEN
        RAISE EXCEPTION 'what was counted stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION advisory_vote_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ballot record;
BEGIN
    SELECT state, secrecy INTO ballot FROM advisory_ballot WHERE id = coalesce(NEW.ballot_id, OLD.ballot_id);
    IF ballot.state <> 'open' THEN
        RAISE EXCEPTION 'nobody votes when a ballot is not open' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP <> 'DELETE' AND (ballot.secrecy = 'secret') <> (NEW.entitlement_id IS NULL) THEN
        RAISE EXCEPTION 'a secret vote belongs to nobody, and any other to somebody' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

CREATE FUNCTION advisory_entitlement_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM advisory_ballot WHERE id = OLD.ballot_id) IN ('closed', 'published') THEN
        RAISE EXCEPTION 'who could vote stays known' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

CREATE TRIGGER never_after_approval BEFORE UPDATE OR DELETE ON advisory_minutes
    FOR EACH ROW EXECUTE FUNCTION advisory_minutes_stay();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON advisory_move
    FOR EACH STATEMENT EXECUTE FUNCTION advisory_refuse('what calendars were told stays');
CREATE TRIGGER never_back BEFORE UPDATE OR DELETE ON advisory_ballot
    FOR EACH ROW EXECUTE FUNCTION advisory_ballot_stays();
CREATE TRIGGER never_after_the_end BEFORE INSERT OR UPDATE OR DELETE ON advisory_vote
    FOR EACH ROW EXECUTE FUNCTION advisory_vote_stays();
CREATE TRIGGER never_after_the_end BEFORE UPDATE OR DELETE ON advisory_entitlement
    FOR EACH ROW EXECUTE FUNCTION advisory_entitlement_stays();
CREATE TRIGGER never_deleted BEFORE DELETE ON advisory_meeting
    FOR EACH STATEMENT EXECUTE FUNCTION advisory_refuse('meetings are cancelled, never deleted');
"""

BACKWARDS = """
DROP TRIGGER never_deleted ON advisory_meeting;
DROP TRIGGER never_after_the_end ON advisory_entitlement;
DROP TRIGGER never_after_the_end ON advisory_vote;
DROP TRIGGER never_back ON advisory_ballot;
DROP TRIGGER append_only ON advisory_move;
DROP TRIGGER never_after_approval ON advisory_minutes;
DROP FUNCTION advisory_entitlement_stays;
DROP FUNCTION advisory_vote_stays;
DROP FUNCTION advisory_ballot_stays;
DROP FUNCTION advisory_minutes_stay;
"""


class Migration(migrations.Migration):
    dependencies = [("advisory", "0003_meetings")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
