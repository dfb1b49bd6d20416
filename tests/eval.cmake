# How well the suspect rules do against the simulator's truth.
add_library(imloop_evaluation STATIC eval/feed.cpp eval/run.cpp eval/score.cpp eval/tables.cpp)
target_link_libraries(imloop_evaluation PUBLIC imloop_simulator imloop_hub)
add_executable(imloop_eval eval/main.cpp)
target_link_libraries(imloop_eval PRIVATE imloop_evaluation CLI11::CLI11)
imloop_test(eval_test SOURCES eval/eval_test.cpp LIBS imloop_evaluation)
