imloop_test(station_test
            SOURCES unit/station_test.cpp unit/outbox_form_test.cpp unit/numbered_test.cpp unit/clocks_test.cpp unit/listener_test.cpp unit/doctor_test.cpp unit/intake_test.cpp
                    unit/intake_nha_test.cpp unit/intake_xml_test.cpp unit/intake_profile_test.cpp unit/intake_mapping_test.cpp
                    unit/table_test.cpp unit/shop_import_test.cpp unit/shop_asked_test.cpp unit/page_test.cpp unit/page_routes_test.cpp
                    unit/page_scanned_test.cpp unit/claims_test.cpp unit/members_test.cpp unit/archive_test.cpp
                    unit/attachments_test.cpp unit/watch_test.cpp unit/own_search_test.cpp
            LIBS imloop_station PkgConfig::LIBZIP)
imloop_test(traces_real_test SOURCES unit/traces_real_test.cpp LIBS imloop_station imloop_trace_makers)
