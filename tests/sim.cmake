# The simulator of a year, for demonstrations and end-to-end tests.
add_library(imloop_simulator STATIC sim/fleet.cpp sim/records.cpp sim/year.cpp)
target_link_libraries(imloop_simulator PUBLIC imloop_station imloop_journal imloop_loop fmt::fmt)
add_executable(imloop_sim sim/main.cpp)
target_link_libraries(imloop_sim PRIVATE imloop_simulator CLI11::CLI11)
