imloop_test(station_test SOURCES unit/station_test.cpp unit/intake_test.cpp unit/outbox_form_test.cpp unit/doctor_test.cpp LIBS imloop_station)
