// vitrine-prepare: from the fetched packages to what vitrine-train needs: a tokenizer, token files,
// a report.
#include "core/learning/tasks/clips.h"
#include "core/learning/tasks/cloze.h"
#include "core/learning/tasks/corpus.h"
#include "core/learning/tasks/fingerprints.h"
#include "core/learning/tasks/garments.h"
#include "core/learning/tasks/kneser_ney.h"
#include "core/learning/tasks/mails.h"
#include "core/learning/tasks/pictures.h"
#include "core/learning/tasks/test_pictures.h"
#include "core/learning/tasks/token_file.h"
#include "core/learning/tasks/tokenizer_training.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace
{

using namespace vitrine::learning;

constexpr const char* kUsage = "usage: vitrine-prepare corpus SOURCES.json CORPORA OUT   "
                               "tokenizer.model, train.*, heldout.*, sources.tsv\n"
                               "       vitrine-prepare text SOURCES.json CORPORA OUT     the "
                               "cleaned texts themselves, to look at\n"
                               "       vitrine-prepare baseline OUT                      "
                               "perplexities of a Kneser-Ney 5-gram, JSON\n"
                               "       vitrine-prepare cloze SOURCES.json CORPORA FILE   "
                               "resources/tasks/vitrine-cloze.jsonl\n"
                               "       vitrine-prepare mails CORPORA FILE                "
                               "personal or commercial: a classification task\n"
                               "       vitrine-prepare garments PACKAGES OUT             "
                               "Fashion-MNIST, unpacked and checked\n"
                               "       vitrine-prepare pictures LIST.json PACKAGES OUT   "
                               "pictures.rgb, pictures.tsv, left-out.tsv, sources.tsv\n"
                               "       vitrine-prepare clips LIST.json PACKAGES OUT      "
                               "clips.rgb, clips.tsv, sources.tsv\n"
                               "       vitrine-prepare fingerprints FOLDER...            "
                               "resources/recipes/test-pictures.tsv\n"
                               "       vitrine-prepare pictures-of FOLDER OUT            "
                               "a test set as pictures.rgb, pictures.tsv\n";
constexpr int kVocabulary = 4096;
constexpr int kContext = 512;

void write(const std::string& path, const std::string& content)
{
    std::ofstream out(path, std::ios::binary);
    out << content;
    if (!out.flush())
        throw std::runtime_error("cannot write " + path);
}

// The table of the model card.
std::string sourceTable(const std::vector<CorpusPart>& parts,
                        const std::vector<TokenisedSource>& tokens)
{
    std::ostringstream out;
    out << "source\ttitle\tpackage\tversion\tlicence\tbytes read\tbytes of "
           "text\tdocuments\ttokens\tshare\n";
    for (size_t i = 0; i < parts.size(); ++i) {
        size_t bytes = 0;
        for (const auto& document : parts[i].documents)
            bytes += document.text().size();
        const auto& source = parts[i].source;
        out << source.name << '\t' << source.title << '\t' << source.package << '\t'
            << parts[i].version << '\t' << source.licence << '\t' << parts[i].bytesRead << '\t'
            << bytes << '\t' << parts[i].documents.size() << '\t' << tokens[i].tokenCount() << '\t'
            << source.share << '\n';
    }
    return out.str();
}

void writeTexts(const Corpus& corpus, const std::string& out)
{
    for (const auto* parts : {&corpus.train, &corpus.heldOut})
        for (const auto& part : *parts) {
            std::string all;
            for (const auto& document : part.documents)
                all += "=== " + document.name + "\n" + document.text() + "\n";
            write(out + "/" + (parts == &corpus.train ? "train-" : "heldout-") + part.source.name +
                      ".txt",
                  all);
        }
}

void prepare(const Corpus& corpus, const std::string& out)
{
    const std::string model = trainTokenizer(corpus, kVocabulary);
    write(out + "/tokenizer.model", model);
    write(out + "/tokenizer_config.json", tokenizerConfigJson(kContext));
    const TextEncoder encoder(model);
    const auto train = tokenise(corpus.train, encoder), heldOut = tokenise(corpus.heldOut, encoder);
    writeTokens(train, out, "train");
    writeTokens(heldOut, out, "heldout");
    const std::string table =
        sourceTable(corpus.train, train) + sourceTable(corpus.heldOut, heldOut);
    write(out + "/sources.tsv", table);
    std::cout << table << corpus.paragraphsRead << " paragraphs read, " << corpus.notProse
              << " no prose, " << corpus.duplicates << " repeated" << std::endl;
}

std::string scoreJson(const std::string& name, const KneserNey::Score& score)
{
    std::ostringstream out;
    out << "{\"held_out\":\"" << name << "\",\"tokens\":" << score.tokens
        << ",\"nat_per_token\":" << score.nat / static_cast<double>(score.tokens)
        << ",\"perplexity\":" << score.perplexity() << "}";
    return out.str();
}

// The n-gram sees the same distinct training tokens as the network, each once, and the same
// held-out tokens.
void baseline(const std::string& folder)
{
    std::vector<std::vector<uint16_t>> documents;
    for (auto& source : readTokens(folder, "train"))
        for (auto& document : source.documents)
            documents.push_back(std::move(document));
    const KneserNey model(documents, {.order = 5, .classes = kVocabulary, .start = kDocumentStart});
    KneserNey::Score all;
    std::string lines;
    for (const auto& source : readTokens(folder, "heldout")) {
        KneserNey::Score sum;
        for (const auto& document : source.documents) {
            const auto score = model.score(document);
            sum.tokens += score.tokens;
            sum.nat += score.nat;
        }
        all.tokens += sum.tokens;
        all.nat += sum.nat;
        lines += scoreJson(source.name, sum) + "\n";
    }
    lines += scoreJson("all", all) + "\n";
    write(folder + "/baseline.jsonl", lines);
    std::cout << lines;
}

void prepareCorpus(const std::string& verb, const std::string& sources, const std::string& corpora,
                   const std::string& out)
{
    std::filesystem::create_directories(out);
    const Corpus corpus = readCorpus(sources, corpora);
    if (verb == "text")
        writeTexts(corpus, out);
    else
        prepare(corpus, out);
}

using Words = std::vector<std::string>; // what stands behind the verb

struct Verb {
    size_t fewest, most; // words
    std::function<void(const Words&)> act;
};

const std::map<std::string, Verb>& verbs()
{
    static const std::map<std::string, Verb> kVerbs = {
        {"corpus", {3, 3, [](const Words& w) { prepareCorpus("corpus", w[0], w[1], w[2]); }}},
        {"text", {3, 3, [](const Words& w) { prepareCorpus("text", w[0], w[1], w[2]); }}},
        {"baseline", {1, 1, [](const Words& w) { baseline(w[0]); }}},
        {"cloze",
         {3, 3,
          [](const Words& w) { write(w[2], clozeJson(clozeItems(readHeldOut(w[0], w[1]), {}))); }}},
        {"mails", {2, 2, [](const Words& w) { write(w[1], mailTask(w[0])); }}},
        {"garments", {2, 2, [](const Words& w) { std::cout << prepareGarments(w[0], w[1]); }}},
        {"pictures",
         {3, 3,
          [](const Words& w) { std::cout << preparePictures(readPictureList(w[0]), w[1], w[2]); }}},
        {"clips",
         {3, 3, [](const Words& w) { std::cout << prepareClips(readClipList(w[0]), w[1], w[2]); }}},
        {"fingerprints",
         {1, 100, [](const Words& w) { std::cout << testPictureTable(testPicturesIn(w)); }}},
        {"pictures-of",
         {2, 2, [](const Words& w) { std::cout << prepareTestPictures(w[0], w[1]); }}},
    };
    return kVerbs;
}

} // namespace

int main(int count, char** arguments)
{
    const Words words(arguments + std::min(count, 2), arguments + count);
    const auto verb = verbs().find(count > 1 ? arguments[1] : "");
    if (verb == verbs().end() || words.size() < verb->second.fewest ||
        words.size() > verb->second.most) {
        std::cerr << kUsage;
        return 2;
    }
    try {
        verb->second.act(words);
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "vitrine-prepare: " << error.what() << std::endl;
        return 1;
    }
}
