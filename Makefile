# Every command that a person or the continuous integration runs; `make` alone lists them.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Two pips in one virtualenv would step on each other.
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

# The virtualenv that everything is installed into, and the Python that it is made with (3.11 to 3.13; unset: searched).
VENV = $(or $(VIRTUAL_ENV),.venv)
PYTHON ?=
BIN = $(VENV)/bin
MANAGE = $(BIN)/python manage.py

# Read by analyticsdataserver/gunicorn.py, which has a default for each.
export HOST PORT WORKERS THREADS

PYTEST_ARGS ?=
PYTEST = $(BIN)/python -m pytest
ON_SQLITE = env -u DATABASE_URL -u ANALYTICS_DATABASE_URL -u ANALYTICS_DATABASE_URL_V1

# Where the tests' MariaDB is. Databases are named after the checkout, since several may be tested at the same time.
MYSQL_SERVER ?= mysql://root@127.0.0.1:3306
MYSQL_PREFIX ?= analytics_$(shell pwd | cksum | cut -d' ' -f1)

# What `make requirements` compiles, each file consistent with those before it. UPGRADE=1 takes the newest versions.
LOCKED = base remote reports test browser quality docs mysql tox lock attack clients spark s3
UPGRADE ?=

DEMO_SITE = $(CURDIR)/demo
FIXTURES = $(sort $(wildcard fixtures/*.json))
ROSTERS = $(sort $(wildcard fixtures/*.jsonl fixtures/*.jsonl.gz))
# FORCE=1 loads demo data and sets its key also where the analytics database has rows of other courses.
FORCE ?=
FORCED = $(if $(FORCE),--force)

# A stamp per requirements file, named after the content of all of them: whoever switches branches, or uses one
# virtualenv for two checkouts, gets what that checkout pins; whoever does not is not kept waiting, online or off.
PINS := $(shell cat requirements/*.txt | cksum | cut -d' ' -f1)
installed = $(1:%=$(VENV)/.installed-$(PINS)-%)
# mysqlclient has to be built, so it is installed only where a database URL asks for it.
MYSQL_WANTED = $(findstring mysql://,$(DATABASE_URL) $(ANALYTICS_DATABASE_URL) $(ANALYTICS_DATABASE_URL_V1))
# So are the storages of django-storages, where the environment names one.
STORAGES_WANTED = $(findstring storages.backends,$(DEFAULT_FILE_STORAGE))
RUNTIME = $(call installed,base $(if $(MYSQL_WANTED),mysql) $(if $(STORAGES_WANTED),reports))

##@ Run

.PHONY: demo
demo: export DJANGO_SETTINGS_MODULE = analyticsdataserver.settings.local
# As in the documents' examples.
demo: export LMS_USER_ACCOUNT_BASE_URL ?= https://openedx-platform-instance.org/api/user/v1/accounts
demo: free-port migrate loaddata set-demo-key ## Set everything up, load the demo data and serve it on HOST:PORT (127.0.0.1:8000), key: edx
	@echo "Try:  curl -H 'Authorization: Token edx' http://$(or $(HOST),127.0.0.1):$(or $(PORT),8000)/api/v0/courses/edX/DemoX/Demo_Course/enrollment/"
	@echo "      or open http://$(or $(HOST),127.0.0.1):$(or $(PORT),8000)/courses/ in a browser and log in as edx with the password edx."
	@echo "      The API's reference is at http://$(or $(HOST),127.0.0.1):$(or $(PORT),8000)/docs/. Ctrl-C stops the server."
	@exec $(BIN)/python -m gunicorn --config analyticsdataserver/gunicorn.py analyticsdataserver.wsgi:application

.PHONY: free-port
free-port: # Before minutes of installing and loading, not after them
	@$(or $(PYTHON),python3) scripts/free-port

.PHONY: install
install: $(RUNTIME) ## Install what serving needs, and serve nothing
	@echo "Installed into $(VENV). Next: make migrate, $(BIN)/python manage.py set_api_key NAME --generate, make serve"

.PHONY: serve
serve: export DJANGO_SETTINGS_MODULE = analyticsdataserver.settings.production
serve: $(RUNTIME) ## Serve with the production settings on HOST:PORT with WORKERS processes of THREADS threads
	@exec $(BIN)/python -m gunicorn --config analyticsdataserver/gunicorn.py analyticsdataserver.wsgi:application

.PHONY: migrate
migrate: $(RUNTIME) ## Create the tables that are missing
	$(MANAGE) migrate --database default
	$(MANAGE) migrate --database analytics
	$(MANAGE) migrate --database analytics_v1

.PHONY: loaddata
# The second course has an event store of its own, so that a site's own logs never meet invented ones.
loaddata: export EVENTS_DIR = $(DEMO_SITE)/events
loaddata: export GEOIP_DATABASE = $(DEMO_SITE)/countries.mmdb
loaddata: $(RUNTIME) ## Load the demo data into the analytics database, replacing what an earlier load left
	$(MANAGE) loaddata --database analytics $(FORCED) $(FIXTURES)
	$(MANAGE) load_roster $(ROSTERS)
	rm -rf $(DEMO_SITE)
	$(MANAGE) generate_fake_course_data $(FORCED) --logs $(DEMO_SITE)
	$(MANAGE) load_events $(DEMO_SITE)/logs
	$(MANAGE) load_lms --database sqlite:///$(DEMO_SITE)/lms.sqlite3
	$(MANAGE) compute_tables

.PHONY: spark
spark: java $(call installed,base spark) ## Install Spark, and Java 17 where there is none, for compute_tables --engine spark

.PHONY: set-demo-key
set-demo-key: $(RUNTIME) ## Give the user edx the key edx and the password edx, never with the production settings
	$(MANAGE) set_demo_key $(FORCED)

##@ Develop

.PHONY: develop
develop: $(call installed,base test docs quality) ## Install all that serving, testing and the docs need into the active virtualenv (else .venv)
	@$(if $(VIRTUAL_ENV),echo "Installed into $(VENV)",echo "No virtualenv is active: installed into $(VENV). Activate it with: . $(BIN)/activate")

.PHONY: develop-mysql
develop-mysql: develop $(call installed,mysql) ## Like develop, with mysqlclient and the Debian packages that it is built with

.PHONY: test
test: $(call installed,test) ## Run the tests on SQLite (PYTEST_ARGS="-k enrollment" picks some)
	$(ON_SQLITE) $(PYTEST) -n auto $(PYTEST_ARGS)

.PHONY: test-mysql
test-mysql: export DATABASE_URL := $(or $(DATABASE_URL),$(MYSQL_SERVER)/$(MYSQL_PREFIX)_default)
test-mysql: export ANALYTICS_DATABASE_URL := $(or $(ANALYTICS_DATABASE_URL),$(MYSQL_SERVER)/$(MYSQL_PREFIX)_analytics)
test-mysql: export ANALYTICS_DATABASE_URL_V1 := $(or $(ANALYTICS_DATABASE_URL_V1),$(MYSQL_SERVER)/$(MYSQL_PREFIX)_analytics_v1)
test-mysql: $(call installed,test mysql) ## Run the same tests on MariaDB (`make services` starts one)
	$(PYTEST) -n auto $(PYTEST_ARGS)

.PHONY: test-servers
test-servers: $(call installed,test) ## Run the tests that start servers and other processes, on SQLite
	$(ON_SQLITE) $(PYTEST) -n 2 -m servers $(PYTEST_ARGS)

.PHONY: test-faults
test-faults: $(call installed,test mysql) mariadb ## Run the tests that stop, freeze and damage databases, and `make chaos` among them
	$(ON_SQLITE) $(PYTEST) -m faults --seconds $(SECONDS) $(PYTEST_ARGS)

.PHONY: test-spark
# Java takes half the time if it does not optimize what runs only for seconds.
test-spark: export JDK_JAVA_OPTIONS = -XX:TieredStopAtLevel=1 -XX:+UseSerialGC
test-spark: $(call installed,test spark) java ## Run the tests that compute the tables with Spark and compare them with DuckDB's
	$(ON_SQLITE) $(PYTEST) -m spark tests/pipeline/test_spark.py $(PYTEST_ARGS)

.PHONY: test-s3
test-s3: $(call installed,test remote s3) ## Run the tests that load logs from a bucket
	$(ON_SQLITE) $(PYTEST) -m s3 tests/pipeline/test_load_s3.py $(PYTEST_ARGS)

.PHONY: cluster
cluster: $(call installed,test mysql) mariadb haproxy ## Serve SECONDS (60) of load on a cluster whose nodes, servers, balancer and Redis die
	$(ON_SQLITE) $(PYTEST) -m cluster tests/cluster --seconds $(SECONDS) --quiet --tb short $(PYTEST_ARGS)

.PHONY: test-cluster
test-cluster: $(call installed,test mysql) mariadb haproxy ## Run the tests of `make test-mysql` through HAProxy on three Galera nodes
	$(ON_SQLITE) $(BIN)/python -m tests.cluster $(PYTEST) -n auto $(PYTEST_ARGS)

.PHONY: test-browser
test-browser: export SE_OFFLINE = true
test-browser: $(call installed,test browser) chromium ## Run the tests that open the pages and the docs in a headless browser
	$(ON_SQLITE) $(PYTEST) -m browser $(PYTEST_ARGS)

.PHONY: pictures
pictures: export SE_OFFLINE = true
pictures: $(call installed,test browser) chromium ## Write the pictures of the pages in docs/pictures/ anew
	$(ON_SQLITE) $(PYTEST) -m browser --rewrite tests/pages/test_pictures.py $(PYTEST_ARGS)

.PHONY: test-clients
test-clients: $(call installed,test clients) ## Run the tests that generate clients from the API's description and call a server with them
	$(ON_SQLITE) $(PYTEST) -m clients $(PYTEST_ARGS)

.PHONY: test-spreadsheet
test-spreadsheet: $(call installed,test) gnumeric ## Run the tests that open CSV files of hostile texts in a spreadsheet
	$(ON_SQLITE) $(PYTEST) -m spreadsheet tests/web/test_spreadsheet.py $(PYTEST_ARGS)

REQUESTS ?= 20000
SEED ?=
STOPPED ?=

.PHONY: attack
attack: $(call installed,test attack $(if $(MYSQL_WANTED),mysql)) ## Send REQUESTS (20000) hostile requests to a server, SEED repeats them; on MariaDB where DATABASE_URL is
	$(BIN)/python -m tests.attack --requests $(REQUESTS) $(if $(SEED),--seed $(SEED)) $(if $(STOPPED),--stopped)

SECONDS ?= 60

.PHONY: chaos
chaos: $(call installed,test mysql) mariadb ## Serve SECONDS (60) of load while its databases fail, and SECONDS beside hostile clients
	$(ON_SQLITE) $(PYTEST) -m faults tests/faults/test_chaos.py tests/faults/test_hostile_clients.py --seconds $(SECONDS) --quiet --tb short

.PHONY: tox
tox: $(call installed,tox) ## Run the tests on every Python and both databases
	$(BIN)/python -m tox run --discover $(shell scripts/find-python --all)

.PHONY: lint
lint: $(call installed,base quality) ## Check style, types, floors, spelling and language
	@PATH="$(abspath $(BIN)):$$PATH" $(BIN)/pre-commit run --all-files

.PHONY: format
format: $(call installed,quality) ## Put the code into the form that lint asks for
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: docs
docs: $(call installed,docs) ## Build the documentation into docs/_build/html; a warning is an error
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --quiet --builder html docs docs/_build/html
	@echo "Built docs/_build/html/index.html"

##@ Measure

LEARNERS ?= 1000000

BENCH_ARGS ?=

.PHONY: bench
# BASE is a commit beside which the checkout is timed, instead of the floors.
BASE ?=
bench: $(RUNTIME) $(call installed,test) $(if $(BASE),wrk) ## Time each endpoint beside its floor (BENCH_ARGS=--json), or beside the commit BASE
	$(BIN)/python -m $(if $(BASE),bench.beside $(BASE),bench.endpoints) $(BENCH_ARGS)

.PHONY: bench-roster
bench-roster: $(RUNTIME) $(call installed,test) ## Load a roster of LEARNERS (1000000) into a database of its own and time its requests
	$(BIN)/python -m bench.roster --learners $(LEARNERS)

.PHONY: bench-pages
bench-pages: export SE_OFFLINE = true
bench-pages: $(RUNTIME) $(call installed,test browser) chromium ## Time each page of the demo: first byte, bytes, queries, charts drawn
	$(BIN)/python -m bench.pages

ROWS ?= 1000000

.PHONY: bench-data-sets
bench-data-sets: $(RUNTIME) $(call installed,test) ## Stream a data set of ROWS (1000000) rows beside a bare cursor, in a database of its own
	$(BIN)/python -m bench.data_sets --rows $(ROWS)

EVENTS ?= 5000000

.PHONY: bench-events
bench-events: $(RUNTIME) $(call installed,test) ## Load EVENTS (5000000) lines of a log and four times as many, and compute all tables from them
	$(BIN)/python -m bench.pipeline --events $(EVENTS)

.PHONY: bench-sizing
bench-sizing: $(RUNTIME) $(call installed,test) ## Measure the processor time of requests and the memory of a worker, with and without metrics
	@$(BIN)/python -m bench.sizing

COURSES ?= 1000
ENROLLMENTS ?= 200000

.PHONY: bench-lms
bench-lms: $(RUNTIME) $(call installed,test) ## Load COURSES (1000) and ENROLLMENTS (200000) from a stub LMS, beside the same requests sent bare
	$(BIN)/python -m bench.lms --courses $(COURSES) --enrollments $(ENROLLMENTS)

##@ Maintain

.PHONY: requirements
# --no-strip-extras: older versions of pip take "coverage==1" with hashes for no pin of "coverage[toml]".
requirements: $(call installed,lock) ## Compile requirements/*.in into pinned requirements/*.txt (UPGRADE=1 takes the newest)
	@constraints=; for name in $(LOCKED); do \
		echo "requirements/$$name.txt"; \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 $(if $(UPGRADE),--upgrade) \
			--custom-compile-command 'make requirements' --annotation-style line \
			--no-emit-index-url --no-emit-find-links --no-strip-extras --generate-hashes \
			$$constraints requirements/$$name.in --output-file requirements/$$name.txt || exit 1; \
		constraints="$$constraints --constraint requirements/$$name.txt"; \
	done

.PHONY: fixtures
fixtures: $(call installed,test) ## Write the demo data's files anew
	DJANGO_SETTINGS_MODULE=analyticsdataserver.settings.test $(BIN)/python -m analytics_data_api.simulation.documented.write

.PHONY: charts
charts: ## Make the pages' chart library and world map from their npm packages anew (needs Node and npm)
	scripts/build-charts

.PHONY: catalogs
catalogs: $(call installed,docs) ## Bring the pages' translations up to date and compile them
	$(BIN)/python scripts/build-catalogs

.PHONY: samples
samples: $(call installed,test) ## Write the committed sample answers, query counts and API description anew
	$(ON_SQLITE) $(PYTEST) --rewrite $(PYTEST_ARGS)

.PHONY: services
services: ## Start MariaDB and Redis on the loopback where none listens, from Debian's packages
	@scripts/services

.PHONY: mariadb
mariadb: # The MariaDB that chaos starts; Debian keeps servers in sbin
	@PATH=$$PATH:/usr/local/sbin:/usr/sbin:/sbin; command -v mariadbd >/dev/null || scripts/debian-packages mariadb-server

.PHONY: haproxy
haproxy: # What cluster needs beside MariaDB
	@scripts/debian-packages galera-4 rsync haproxy redis-server wrk

.PHONY: nginx
nginx: # The reverse proxy of a test in test-servers, which is skipped without it
	@PATH=$$PATH:/usr/local/sbin:/usr/sbin:/sbin; command -v nginx >/dev/null || scripts/debian-packages nginx

.PHONY: java
java: # What Spark runs on
	@test -n "$$JAVA_HOME" || command -v java >/dev/null || scripts/debian-packages openjdk-17-jre-headless

.PHONY: chromium
chromium: # The browser of test-browser
	@{ command -v chromium && command -v chromedriver; } >/dev/null || scripts/debian-packages chromium chromium-driver

.PHONY: wrk
wrk: # The load of bench with BASE
	@command -v wrk >/dev/null || scripts/debian-packages wrk

.PHONY: gnumeric
gnumeric: # The spreadsheet of test-spreadsheet
	@command -v ssconvert >/dev/null || scripts/debian-packages gnumeric

.PHONY: clean
clean: ## Remove what the tools left behind; virtualenvs and databases stay
	rm -rf .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .tox docs/_build htmlcov staticfiles
	find . -name '.?*' -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +

.PHONY: help
help: ## List the targets
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@/ { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# A file would not do: an active virtualenv of an unsuitable Python, or one that PYTHON= contradicts, must be refused.
.PHONY: virtualenv
virtualenv:
	@scripts/virtualenv "$(VENV)" "$(PYTHON)"

define install
@echo "Installing the packages of requirements/$(1).txt into $(VENV); the first time takes a minute or two"
@$(BIN)/python -m pip install --progress-bar off --disable-pip-version-check --require-hashes --requirement requirements/$(1).txt
@find $(VENV) -maxdepth 1 -name '.installed-*' ! -name '.installed-$(PINS)-*' -exec rm -f {} +
@touch $@
endef

# Order only, since that check runs every time and is no reason to install again.
$(call installed,$(LOCKED)): | virtualenv
$(call installed,$(filter-out mysql,$(LOCKED))): $(VENV)/.installed-$(PINS)-%:
	$(call install,$*)
$(call installed,mysql):
	@scripts/mysql-headers $(BIN)/python
	$(call install,mysql)
