# The simulator of a year, for demonstrations and end-to-end tests.
add_library(imloop_simulator STATIC sim/bench.cpp sim/campaign.cpp sim/cheat_table.cpp sim/cheats_bench.cpp
                                      sim/cheats_identity.cpp sim/cheats_obd.cpp sim/cheats_paper.cpp sim/cheats_shop.cpp
                                      sim/defect.cpp sim/exhaust.cpp
                                      sim/fleet.cpp sim/methods_diesel.cpp sim/methods_petrol.cpp sim/model.cpp sim/obd.cpp
                                      sim/prefecture.cpp sim/records.cpp sim/repair.cpp sim/station.cpp sim/test.cpp
                                      sim/trace.cpp sim/vin.cpp sim/visit.cpp sim/workshop.cpp sim/world.cpp sim/year.cpp)
target_link_libraries(imloop_simulator PUBLIC imloop_station imloop_journal imloop_loop fmt::fmt)
add_executable(imloop_sim sim/main.cpp)
target_link_libraries(imloop_sim PRIVATE imloop_simulator CLI11::CLI11)
imloop_test(simulator_test SOURCES unit/simulator_test.cpp LIBS imloop_simulator)
