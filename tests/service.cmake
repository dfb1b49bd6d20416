imloop_test(service_test SOURCES unit/printable_test.cpp LIBS imloop_service nlohmann_json::nlohmann_json)
