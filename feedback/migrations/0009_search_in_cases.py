"""Everything that was said is found by its words: see docs/decisions/009-search-in-cases.md."""

from django.db import migrations

FORWARDS = r"""
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

ALTER TABLE feedback_entry ADD COLUMN words tsvector GENERATED ALWAYS AS (feedback_words(text)) STORED;
ALTER TABLE feedback_case ADD COLUMN words tsvector
    GENERATED ALWAYS AS (feedback_words(subject || ' ' || sender_name)) STORED;
CREATE INDEX entry_by_words ON feedback_entry USING gin (words) WITH (fastupdate = off);
CREATE INDEX case_by_words ON feedback_case USING gin (words) WITH (fastupdate = off);
CREATE INDEX case_by_sender ON feedback_case (lower(sender_address) text_pattern_ops, id) WHERE sender_address <> '';
"""

BACKWARDS = """
DROP INDEX case_by_sender;
ALTER TABLE feedback_case DROP COLUMN words;
ALTER TABLE feedback_entry DROP COLUMN words;
DROP FUNCTION feedback_asked(text);
DROP FUNCTION feedback_words(text);
DROP FUNCTION feedback_parts(text);
DROP FUNCTION feedback_folded(text);
"""


class Migration(migrations.Migration):
    dependencies = [("feedback", "0008_letters_and_corrective_actions")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
