// vitrine-train: trains the networks that Vitrine ships: the queue of all recipes, their scores,
// their export. One recipe of a language model is also trained alone.
#include "core/learning/nets/language/scores.h"
#include "core/learning/nets/language/trainer.h"
#include "core/learning/nets/queue/queue.h"
#include "core/learning/nets/training/card.h"
#include "core/learning/nets/training/product.h"

#include <signal.h>

#include <cmath>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace
{

using namespace vitrine::learning;

constexpr const char* kUsage =
    "usage: vitrine-train queue [NAME...] [--turn MINUTES]   every unfinished recipe in turns\n"
    "       vitrine-train pause                              ends a running queue; it has saved "
    "all\n"
    "       vitrine-train table                              steps, hours, score of all models\n"
    "       vitrine-train score NAME... [--update]           the numbers of the shipped model's "
    "card;\n"
    "                                              --update: the card gains those that it lacks\n"
    "       vitrine-train ship NAME... [--always]            the state as shipped model, if "
    "better\n"
    "  places: --recipes FOLDER --models FOLDER --state FOLDER --data FOLDER --test-data FOLDER\n"
    "       vitrine-train RECIPE [--resume] [--set KEY=VALUE]...   a language model; JSON lines\n"
    "       vitrine-train RECIPE --export FOLDER                   its checkpoint as a model\n"
    "       vitrine-train RECIPE --evaluate FILE                   scores of a .safetensors file;\n"
    "                                              --set context=N: with windows of N tokens\n";

struct Arguments {
    std::vector<std::string> words;
    std::map<std::string, std::string> options;
    std::map<std::string, std::string> set;
    std::set<std::string> flags;

    std::string option(const std::string& name, const std::string& otherwise) const
    {
        const auto found = options.find(name);
        return found == options.end() ? otherwise : found->second;
    }
};

Arguments parse(int count, char** words)
{
    static const std::set<std::string> kFlags = {"--resume", "--always", "--update"};
    static const std::set<std::string> kOptions = {"--export",  "--evaluate",  "--turn",
                                                   "--recipes", "--models",    "--state",
                                                   "--data",    "--test-data", "--set"};
    Arguments arguments;
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        if (kFlags.count(word)) {
            arguments.flags.insert(word);
        } else if (word.rfind("--", 0) != 0) {
            arguments.words.push_back(word);
        } else if (!kOptions.count(word)) {
            throw std::invalid_argument("unknown argument " + word);
        } else if (++i >= count) {
            throw std::invalid_argument(word + " needs a value");
        } else if (word == "--set") {
            const std::string pair = words[i];
            const auto equals = pair.find('=');
            if (equals == std::string::npos)
                throw std::invalid_argument("--set takes KEY=VALUE");
            arguments.set[pair.substr(0, equals)] = pair.substr(equals + 1);
        } else {
            arguments.options[word] = words[i];
        }
    }
    if (arguments.words.empty())
        throw std::invalid_argument("a command or a recipe is needed");
    return arguments;
}

volatile sig_atomic_t stopAsked = 0;

void askToStop(int)
{
    stopAsked = 1;
}

void listenToSignals()
{
    struct sigaction action {
    };
    action.sa_handler = askToStop;
    action.sa_flags = SA_RESTART;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        ::sigaction(signal, &action, nullptr);
}

std::string environment(const char* name)
{
    const char* value = std::getenv(name);
    return value ? value : "";
}

QueuePlaces placesOf(const Arguments& arguments)
{
    std::string state = environment("VITRINE_TRAINING");
    if (state.empty()) {
        const std::string home = environment("XDG_DATA_HOME");
        state = (home.empty() ? environment("HOME") + "/.local/share" : home) + "/vitrine/training";
    }
    state = arguments.option("--state", state);
    const std::string models = arguments.option("--models", "resources/models");
    return {arguments.option("--recipes", "resources/recipes"),
            models,
            state,
            {arguments.option("--data", state + "/data"),
             arguments.option("--test-data", environment("VITRINE_TEST_DATA")), models}};
}

double turnMinutes(const Arguments& arguments)
{
    const std::string text = arguments.option("--turn", "30");
    char* end = nullptr;
    const double minutes = std::strtod(text.c_str(), &end);
    if (!(minutes > 0.0) || *end != '\0')
        throw std::invalid_argument("--turn takes a number of minutes");
    return minutes;
}

bool printPoint(const TrainingPoint& point)
{
    if (std::isnan(point.heldOutLoss))
        return true;
    std::cout << "{\"step\":" << point.step << ",\"tokens\":" << point.tokens
              << ",\"seconds\":" << point.seconds << ",\"learning_rate\":" << point.learningRate
              << ",\"train_loss\":" << point.trainLoss << ",\"held_out_loss\":" << point.heldOutLoss
              << "}" << std::endl;
    return true;
}

void languageModel(const Arguments& arguments)
{
    if (arguments.words.size() != 1)
        throw std::invalid_argument("one recipe expected");
    Recipe recipe = readRecipe(arguments.words.front());
    for (const auto& [key, value] : arguments.set)
        setKey(recipe, key, value);
    limitThreads(static_cast<int>(recipe.threads));
    const std::string exportTo = arguments.option("--export", ""),
                      evaluate = arguments.option("--evaluate", "");
    if (exportTo.empty() && evaluate.empty()) {
        train(recipe, arguments.flags.count("--resume") ? Start::resume : Start::fresh, printPoint);
        return;
    }
    if (!exportTo.empty())
        exportCheckpoint(recipe, exportTo);
    if (!evaluate.empty())
        printScores(recipe, evaluate, std::cout);
}

// The numbers of the file and whether they are those of the card.
bool score(const QueuePlaces& places, const std::string& name)
{
    const Card card = readCard(places.models + "/" + name);
    bool same = true;
    std::cout << "# " << name << "\n";
    for (const Score& now : shippedScores(places, name)) {
        bool onCard = false;
        for (const Score& then : card.scores)
            onCard = onCard || scoreLine(then) == scoreLine(now);
        std::cout << scoreLine(now) << (onCard ? "" : "  <- not on the card") << std::endl;
        same = same && onCard;
    }
    return same;
}

int run(const Arguments& arguments)
{
    const std::string command = arguments.words.front();
    const std::vector<std::string> names(arguments.words.begin() + 1, arguments.words.end());
    const QueuePlaces places = placesOf(arguments);
    limitThreads(1);
    if (command == "queue") {
        listenToSignals();
        runQueue(
            places, names, turnMinutes(arguments), [] { return stopAsked != 0; }, std::cout);
    } else if (command == "pause") {
        if (!pauseQueue(places, 120.0))
            throw std::runtime_error("the queue did not end within two minutes");
    } else if (command == "table") {
        printQueueTable(queueRows(places), std::cout);
    } else if (command == "score") {
        bool same = true;
        for (const std::string& name : names) {
            if (arguments.flags.count("--update"))
                updateCard(places, name);
            same = score(places, name) && same;
        }
        return same ? 0 : 1;
    } else if (command == "ship") {
        for (const std::string& name : names)
            shipModel(places, name, arguments.flags.count("--always") != 0, std::cout);
    } else {
        languageModel(arguments);
    }
    return 0;
}

} // namespace

int main(int count, char** words)
{
    try {
        return run(parse(count, words));
    } catch (const std::invalid_argument& error) {
        std::cerr << "vitrine-train: " << error.what() << "\n" << kUsage;
        return 2;
    } catch (const std::exception& error) {
        std::cerr << "vitrine-train: " << error.what() << std::endl;
        return 1;
    }
}
