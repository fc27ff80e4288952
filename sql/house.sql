-- What a user may call is what the manual lists: the functions of schema
-- covenant that a trigger or another type does not need.
SELECT string_agg(DISTINCT proname, ' ' ORDER BY proname) AS "functions of covenant"
FROM pg_proc WHERE pronamespace = 'covenant'::regnamespace;
SELECT string_agg(typname, ' ' ORDER BY typname) AS "types of covenant"
FROM pg_type WHERE typnamespace = 'covenant'::regnamespace AND typelem = 0;
