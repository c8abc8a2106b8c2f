"""What the tables of feedback refuse, whoever asks, and how everything that was said is found by its words."""

import re

SAID = """
CREATE FUNCTION feedback_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION feedback_entry_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR (NEW.kind, NEW.automatic, NEW.author_id, NEW.at, NEW.recorded_at)
            IS DISTINCT FROM (OLD.kind, OLD.automatic, OLD.author_id, OLD.at, OLD.recorded_at)
        OR (NEW.text <> OLD.text AND NEW.text <> '') OR (NEW.html <> OLD.html AND NEW.html <> '')
    THEN
        RAISE EXCEPTION 'what was said in a case stays as it was said' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON feedback_caseevent
    FOR EACH STATEMENT EXECUTE FUNCTION feedback_refuse('what was done to a case stays');
CREATE TRIGGER said_stays BEFORE UPDATE OR DELETE ON feedback_entry
    FOR EACH ROW EXECUTE FUNCTION feedback_entry_stays();
CREATE TRIGGER never_deleted BEFORE DELETE ON feedback_case
    FOR EACH STATEMENT EXECUTE FUNCTION feedback_refuse('cases are closed, merged or held aside, never deleted');
"""

SURVEYS = """
CREATE FUNCTION feedback_version_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published version of a survey stays as it is' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

CREATE FUNCTION feedback_answer_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM feedback_invitation WHERE id = OLD.invitation_id AND state = 'answered')
        AND (TG_OP = 'DELETE' OR NEW.invitation_id <> OLD.invitation_id OR NEW.question <> OLD.question
            OR NEW.number IS DISTINCT FROM OLD.number OR NEW.choices <> OLD.choices OR NEW.at <> OLD.at
            OR (NEW.text <> OLD.text AND NEW.text <> ''))
    THEN
        RAISE EXCEPTION 'what was answered stays answered' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

CREATE TRIGGER published_stays BEFORE UPDATE OR DELETE ON feedback_surveyversion
    FOR EACH ROW EXECUTE FUNCTION feedback_version_stays();
CREATE TRIGGER answered_stays BEFORE UPDATE OR DELETE ON feedback_answer
    FOR EACH ROW EXECUTE FUNCTION feedback_answer_stays();
CREATE TRIGGER never_deleted BEFORE DELETE ON feedback_invitation
    FOR EACH STATEMENT EXECUTE FUNCTION feedback_refuse('who was invited to a survey stays known');
"""

# docs/decisions/009-search-in-cases.md. Where a backup is restored the search path is empty: functions that call each
# other say where they look.
SEARCH = r"""
-- Without case, accents and widths, alike for what is looked for and for what is looked through.
CREATE FUNCTION feedback_folded(said text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT normalize(regexp_replace(normalize(lower(said), NFKD), '[\u0300-\u036f]', '', 'g'), NFC)
$$;

-- The parts of a text: runs of scripts that put no blank between words (Thai, Lao, Burmese, Khmer, kana, Han, Hangul),
-- and words of all others.
CREATE FUNCTION feedback_parts(said text, OUT run text, OUT word text) RETURNS SETOF record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT part[1], left(part[2], 60) FROM regexp_matches(
        feedback_folded(said),
        '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+)'
        '|([^\u0001-\u002f\u003a-\u0060\u007b-\u00bf\u00d7\u00f7\u2000-\u2bff\u3000-\u303f\ufe10-\ufe6f\ufff0-\uffff'
        '\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]+)',
        'g') AS part
$$;

-- What a text is found by: its words, and of runs every two neighbouring characters and the last one.
CREATE FUNCTION feedback_words(said text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_to_tsvector(array_agg(DISTINCT lexeme)), ''::tsvector) FROM (
        SELECT lexeme FROM feedback_parts(left(said, 20000)) AS part, LATERAL (
            SELECT part.word AS lexeme WHERE part.word <> ''
            UNION ALL
            SELECT substr(part.run, n, 2) FROM generate_series(1, length(part.run)) AS n
        ) AS lexemes
    ) AS found
$$;

-- A question: all of its words, those of three letters and more as beginnings; of a run all pairs.
CREATE FUNCTION feedback_asked(question text) RETURNS tsquery LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT string_agg(DISTINCT lexeme, ' & ')::tsquery FROM (
        SELECT '''' || word || '''' || CASE WHEN length(word) > 2 THEN ':*' ELSE '' END AS lexeme
        FROM feedback_parts(question) WHERE word <> ''
        UNION ALL
        SELECT '''' || substr(run, n, 2) || '''' || CASE WHEN length(run) = 1 THEN ':*' ELSE '' END
        FROM feedback_parts(question), generate_series(1, greatest(length(run) - 1, 1)) AS n WHERE run <> ''
    ) AS found
$$;

ALTER FUNCTION feedback_parts(text) SET search_path FROM CURRENT;
ALTER FUNCTION feedback_words(text) SET search_path FROM CURRENT;
ALTER FUNCTION feedback_asked(text) SET search_path FROM CURRENT;

ALTER TABLE feedback_entry ADD COLUMN words tsvector GENERATED ALWAYS AS (feedback_words(text)) STORED;
ALTER TABLE feedback_case ADD COLUMN words tsvector
    GENERATED ALWAYS AS (feedback_words(subject || ' ' || sender_name)) STORED;
CREATE INDEX entry_by_words ON feedback_entry USING gin (words) WITH (fastupdate = off);
CREATE INDEX case_by_words ON feedback_case USING gin (words) WITH (fastupdate = off);
CREATE INDEX case_by_sender ON feedback_case (lower(sender_address) text_pattern_ops, id) WHERE sender_address <> '';
"""

KEPT = {
    "feedback_policyversion": "versions of a policy never change",
    "feedback_target": "versions of a policy never change",
    "feedback_step": "versions of a policy never change",
    "feedback_clockevent": "what a clock led to stays",
}

PROMISES = "".join(
    f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION feedback_refuse('{reason}');\n"
    for table, reason in KEPT.items()
)
PROMISES += (
    "CREATE TRIGGER never_deleted BEFORE DELETE ON feedback_clock "
    "FOR EACH STATEMENT EXECUTE FUNCTION feedback_refuse('clocks end, they are never deleted');\n"
)

REVIEWS = """
CREATE FUNCTION feedback_review_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.reviewed_at IS NOT NULL AND (
        (NEW.marks, NEW.percent, NEW.reviewer_id, NEW.reviewed_at, NEW.agent_id, NEW.case_id, NEW.standard_id)
            IS DISTINCT FROM
        (OLD.marks, OLD.percent, OLD.reviewer_id, OLD.reviewed_at, OLD.agent_id, OLD.case_id, OLD.standard_id)
        OR (NEW.coaching <> OLD.coaching AND NEW.coaching <> ''))
    THEN
        RAISE EXCEPTION 'what a reviewer found stays' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON feedback_standard
    FOR EACH STATEMENT EXECUTE FUNCTION feedback_refuse('a standard is changed by its next version');
CREATE TRIGGER reviewed_stays BEFORE UPDATE ON feedback_qualityreview
    FOR EACH ROW EXECUTE FUNCTION feedback_review_stays();
"""

GUARDS = SAID + SURVEYS + SEARCH + PROMISES + REVIEWS

# Back to nothing: what uses a function goes with it.
UNGUARDED = "".join(f"DROP FUNCTION {name} CASCADE;\n" for name in re.findall(r"CREATE FUNCTION (\w+)", GUARDS))
