// vitrine-prepare: from the fetched packages to what vitrine-train needs: a tokenizer, token files,
// a report.
#include "core/learning/tasks/cloze.h"
#include "core/learning/tasks/corpus.h"
#include "core/learning/tasks/garments.h"
#include "core/learning/tasks/kneser_ney.h"
#include "core/learning/tasks/mails.h"
#include "core/learning/tasks/token_file.h"
#include "core/learning/tasks/tokenizer_training.h"

#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
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
                               "Fashion-MNIST, unpacked and checked\n";
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

} // namespace

int main(int count, char** words)
{
    const std::string verb = count > 1 ? words[1] : "";
    const bool isBaseline = verb == "baseline" && count == 3,
               isMails = verb == "mails" && count == 4,
               isGarments = verb == "garments" && count == 4;
    if (!isBaseline && !isMails && !isGarments &&
        (count != 5 || (verb != "corpus" && verb != "text" && verb != "cloze"))) {
        std::cerr << kUsage;
        return 2;
    }
    try {
        if (isMails) {
            write(words[3], mailTask(words[2]));
            return 0;
        }
        if (isGarments) {
            std::cout << prepareGarments(words[2], words[3]);
            return 0;
        }
        if (verb == "cloze") {
            write(words[4], clozeJson(clozeItems(readHeldOut(words[2], words[3]), {})));
            return 0;
        }
        if (isBaseline) {
            baseline(words[2]);
            return 0;
        }
        const std::string out = words[4];
        std::filesystem::create_directories(out);
        const Corpus corpus = readCorpus(words[2], words[3]);
        if (verb == "text")
            writeTexts(corpus, out);
        else
            prepare(corpus, out);
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "vitrine-prepare: " << error.what() << std::endl;
        return 1;
    }
}
