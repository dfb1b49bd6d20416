imloop_test(hub_test SOURCES unit/hub_journal_test.cpp unit/readers_test.cpp unit/report_test.cpp unit/work_orders_test.cpp unit/store_form_test.cpp
                             unit/backup_test.cpp unit/draw_test.cpp unit/hub_suspects_test.cpp unit/hub_rebuild_test.cpp unit/rule_failures_test.cpp
                             unit/shelf_test.cpp unit/stick_test.cpp unit/damage_test.cpp unit/hub_faults_test.cpp
                             unit/hub_enrolment_test.cpp unit/known_keys_test.cpp unit/hub_policy_test.cpp
            LIBS imloop_hub_api imloop_trace_makers fmt::fmt)
# Documents, as another program reads them.
imloop_test(pdf_test SOURCES unit/pdf_test.cpp LIBS imloop_hub)
# Joining: the code, both ends of it, and what a station keeps of the hub.
imloop_test(enrolment_test SOURCES unit/enrolment_test.cpp LIBS imloop_hub imloop_station)
# The listeners, over real TLS.
imloop_test(hub_face_test SOURCES unit/hub_face_test.cpp unit/quota_test.cpp unit/routes_test.cpp unit/console_door_test.cpp LIBS imloop_hub_api)
# Both engines of the store; starts a PostgreSQL server of its own.
imloop_test(store_conformance_test SOURCES unit/store_conformance_test.cpp LIBS imloop_hub_api imloop_postgres)
# Typed rows on both engines, against another program's SQL.
imloop_test(typed_rows_test SOURCES unit/typed_rows_test.cpp LIBS imloop_hub_api imloop_postgres fmt::fmt)
set_tests_properties(typed_rows_test PROPERTIES ENVIRONMENT "IMLOOP_PYTHON=${PYTHON_OF_SYSTEM}")
# The console's accounts and the ledger of problems, on both engines, and the console's calls.
imloop_test(accounts_test SOURCES unit/accounts_test.cpp unit/console_test.cpp unit/hub_cases_test.cpp LIBS imloop_hub_api imloop_postgres)
# Several hubs on one server, likewise.
imloop_test(several_hubs_test SOURCES unit/lease_test.cpp unit/several_hubs_test.cpp LIBS imloop_hub_api imloop_postgres fmt::fmt)
