-- Databases and logins for Commonwatch: PostgreSQL 17 or newer, run once by a superuser.
-- (On 16: without the two words about the locale provider.)
--
-- One login per service, one database each, none across. The logins have no password yet, so
-- nobody can use them: postgres-passwords.sh gives them theirs. A service makes its own tables when
-- it starts, so it owns its database; it owns nothing else.

CREATE ROLE registry LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
    CONNECTION LIMIT 60;
CREATE DATABASE registry OWNER registry TEMPLATE template0 ENCODING 'UTF8'
    LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';
REVOKE ALL ON DATABASE registry FROM PUBLIC;
ALTER ROLE registry SET idle_in_transaction_session_timeout = '60s';

CREATE ROLE training LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
    CONNECTION LIMIT 60;
CREATE DATABASE training OWNER training TEMPLATE template0 ENCODING 'UTF8'
    LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';
REVOKE ALL ON DATABASE training FROM PUBLIC;
ALTER ROLE training SET idle_in_transaction_session_timeout = '60s';

CREATE ROLE payroll LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
    CONNECTION LIMIT 60;
CREATE DATABASE payroll OWNER payroll TEMPLATE template0 ENCODING 'UTF8'
    LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';
REVOKE ALL ON DATABASE payroll FROM PUBLIC;
ALTER ROLE payroll SET idle_in_transaction_session_timeout = '60s';

CREATE ROLE scheduling LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
    CONNECTION LIMIT 60;
CREATE DATABASE scheduling OWNER scheduling TEMPLATE template0 ENCODING 'UTF8'
    LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';
REVOKE ALL ON DATABASE scheduling FROM PUBLIC;
ALTER ROLE scheduling SET idle_in_transaction_session_timeout = '60s';

CREATE ROLE incidents LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
    CONNECTION LIMIT 60;
CREATE DATABASE incidents OWNER incidents TEMPLATE template0 ENCODING 'UTF8'
    LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';
REVOKE ALL ON DATABASE incidents FROM PUBLIC;
ALTER ROLE incidents SET idle_in_transaction_session_timeout = '60s';

CREATE ROLE statements LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
    CONNECTION LIMIT 60;
CREATE DATABASE statements OWNER statements TEMPLATE template0 ENCODING 'UTF8'
    LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C';
REVOKE ALL ON DATABASE statements FROM PUBLIC;
ALTER ROLE statements SET idle_in_transaction_session_timeout = '60s';

-- Databases that come with the server are open to every login by default.
REVOKE ALL ON DATABASE postgres FROM PUBLIC;
REVOKE ALL ON DATABASE template1 FROM PUBLIC;
