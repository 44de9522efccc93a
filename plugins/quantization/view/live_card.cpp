#include "plugins/quantization/view/live_card.h"

#include "core/base/json.h"
#include "core/base/json_state.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/view/live_words.h"
#include "plugins/quantization/view/step_slider.h"
#include "widgets/page/banner.h"
#include "widgets/state_json.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/style.h"
#include "widgets/theme/text.h"

#include <QBoxLayout>
#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>

#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr int kTextsBeside = 720; // pixels with room for two texts side by side
constexpr int kLongestPrompt = 4000;
constexpr const char* kPrompt = "Once upon a time";

QLabel* plainLabel(const char* role, const QString& words, QWidget* parent)
{
    auto* label = new QLabel(words, parent);
    label->setProperty("role", role);
    label->setTextFormat(Qt::PlainText);
    return label;
}

QLabel* textLabel(const QString& name, QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setAccessibleName(name);
    label->setWordWrap(true);
    label->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

// Rows of texts, numbers at the right; made once, filled whenever there are new ones.
QGridLayout* gridOf(QWidget* parent, const QString& name, int rows, const QList<bool>& isRight)
{
    parent->setAccessibleName(name);
    auto* grid = new QGridLayout(parent);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(16);
    grid->setVerticalSpacing(4);
    for (int row = 0; row < rows; ++row)
        for (int column = 0; column < isRight.size(); ++column) {
            auto* label = plainLabel(row == 0 ? "caption" : "", {}, parent);
            label->setAlignment((isRight[column] ? Qt::AlignRight : Qt::AlignLeft) |
                                Qt::AlignVCenter);
            grid->addWidget(label, row, column);
        }
    grid->setColumnStretch(static_cast<int>(isRight.size()), 1);
    return grid;
}

void fillRow(QGridLayout& grid, int row, const QStringList& texts)
{
    for (int column = 0; column < texts.size(); ++column)
        if (auto* item = grid.itemAtPosition(row, column))
            static_cast<QLabel*>(item->widget())->setText(texts[column]);
}

QString numberWords(double value)
{
    return std::isfinite(value) ? fromUtf8(fmt::format("{:.4g}", value)) : QStringLiteral("–");
}

QString planesWords(int planes)
{
    return planes == 1 ? QObject::tr("1 plane") : QObject::tr("%1 planes").arg(planes);
}

QString html(const QString& text)
{
    return shownText(text, kLongestShownLine)
        .toHtmlEscaped()
        .replace(QLatin1Char('\n'), QStringLiteral("<br>"));
}

// What both say as it stands, what only one says on a ground.
QString markedText(const std::string& whole, const std::string& shared)
{
    const QString all = fromUtf8(whole), same = fromUtf8(shared);
    if (!all.startsWith(same))
        return html(all);
    const theme::Palette& colours = theme::palette();
    return html(same) +
           QStringLiteral("<span style=\"background-color:%1;color:%2\">%3</span>")
               .arg(colours.accentSoft.name(), colours.text.name(), html(all.mid(same.size())));
}

std::string rowText(const RunResult& result, const char* table, std::size_t row, const char* column)
{
    const auto texts = columnTexts(result, table, column);
    return row < texts.size() ? texts[row] : std::string();
}

} // namespace

LiveCard::LiveCard(ViewContext& context, QWidget* parent)
    : Panel(tr("Fewer planes, live"), parent), live_(new LivePlanes(context, this))
{
    setEnlargeable(false);
    close_ = new QPushButton(tr("Close models"), this);
    close_->setAccessibleName(tr("Close the live models"));
    close_->setToolTip(tr("Stops what is computed and frees the memory of both models"));
    controls()->addWidget(close_);
    connect(close_, &QPushButton::clicked, this, [this] {
        wish({{"planes", QJsonValue()}, {"layer_planes", QJsonValue()}}, tr("Close the models"));
    });
    banner_ = new Banner(this);
    connect(banner_, &Banner::acted, live_, &LivePlanes::restart);
    connect(banner_, &Banner::dismissed, live_, &LivePlanes::dismiss);
    body()->addWidget(banner_);
    body()->addWidget(makeIntro());
    body()->addWidget(makeContent());
    connect(live_, &LivePlanes::changed, this, &LiveCard::draw);
    setNone();
}

QWidget* LiveCard::makeIntro()
{
    intro_ = new QWidget(this);
    introWords_ = textLabel(tr("What dropping planes is"), intro_);
    introWords_->setProperty("role", "muted");
    auto* open = new QPushButton(tr("Open both models"), intro_);
    open->setProperty("kind", "primary");
    open->setAccessibleName(open->text());
    open->setToolTip(tr("Opens the original and this version in the background"));
    connect(open, &QPushButton::clicked, this, [this] {
        wish({{"planes", mostPlanes(*runs_[selected_])}}, tr("Open both models"));
    });
    auto* line = new QHBoxLayout(intro_);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(16);
    line->addWidget(introWords_, 1);
    line->addWidget(open, 0, Qt::AlignTop);
    return intro_;
}

QWidget* LiveCard::makeContent()
{
    content_ = new QWidget(this);
    slider_ = new StepSlider(tr("Planes"), tr("Planes of all layers"), content_);
    layerSlider_ = new StepSlider(tr("Layer"), tr("Planes of the selected layer"), content_);
    connect(slider_, &StepSlider::chosen, this, &LiveCard::choosePlanes);
    connect(layerSlider_, &StepSlider::chosen, this, &LiveCard::chooseLayerPlanes);
    edit_ = new QLineEdit(content_);
    edit_->setAccessibleName(tr("Prompt that both continue"));
    edit_->setPlaceholderText(QString::fromLatin1(kPrompt));
    edit_->setToolTip(tr("Enter lets both models continue it"));
    edit_->setMaxLength(kLongestPrompt);
    connect(edit_, &QLineEdit::editingFinished, this, [this] {
        const QString text = edit_->text().trimmed();
        if (text != prompt_)
            wish({{"prompt", text}}, tr("Change the prompt"));
    });
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    line->addWidget(plainLabel("muted", tr("Prompt"), content_));
    line->addWidget(edit_, 1);

    busy_ = plainLabel("muted", {}, content_);
    busy_->setAccessibleName(tr("What is computed"));
    progress_ = new QProgressBar(content_);
    progress_->setRange(0, 0);
    progress_->setTextVisible(false);
    progress_->setFixedHeight(4);

    answer_ = new QWidget(content_);
    originalText_ = textLabel(tr("The original's continuation"), answer_);
    versionText_ = textLabel(tr("The continuation on these planes"), answer_);
    for (QLabel* text : {originalText_, versionText_})
        text->setTextFormat(Qt::RichText);
    versionHead_ = plainLabel("caption", {}, answer_);
    same_ = plainLabel("muted", {}, answer_);
    same_->setAccessibleName(tr("How far both say the same"));
    same_->setWordWrap(true);
    const auto column = [this](QLabel* head, QWidget* below) {
        auto* made = new QVBoxLayout;
        made->setSpacing(4);
        made->addWidget(head);
        made->addWidget(below, 1);
        return made;
    };
    auto* texts = new QBoxLayout(QBoxLayout::LeftToRight);
    texts->setSpacing(24);
    texts->addLayout(column(plainLabel("caption", tr("Original"), answer_), originalText_), 1);
    texts->addLayout(column(versionHead_, versionText_), 1);
    auto* tables = new QBoxLayout(QBoxLayout::LeftToRight);
    tables->setSpacing(24);
    tables->addWidget(makeNumbers(), 1, Qt::AlignTop);
    tables->addWidget(makeNext(), 1, Qt::AlignTop);
    pairs_ = {texts, tables};
    auto* answer = new QVBoxLayout(answer_);
    answer->setContentsMargins(0, 0, 0, 0);
    answer->setSpacing(12);
    answer->addLayout(texts);
    answer->addWidget(same_);
    answer->addLayout(tables);
    fitted_ = textLabel(tr("Beside a run fitted with so many bits"), answer_);
    fitted_->setTextFormat(Qt::PlainText);
    answer->addWidget(fitted_);

    meaning_ = textLabel(tr("What these planes are"), content_);
    meaning_->setProperty("role", "muted");
    auto* rows = new QVBoxLayout(content_);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(8);
    rows->addWidget(slider_);
    rows->addWidget(layerSlider_);
    rows->addLayout(line);
    rows->addWidget(progress_);
    rows->addWidget(busy_);
    rows->addWidget(answer_);
    rows->addSpacing(4);
    rows->addWidget(meaning_);
    return content_;
}

QWidget* LiveCard::makeNumbers()
{
    auto* widget = new QWidget(answer_);
    numbers_ = gridOf(widget, tr("Numbers of both"), 6, {false, true, true});
    return widget;
}

QWidget* LiveCard::makeNext()
{
    auto* widget = new QWidget(answer_);
    next_ = gridOf(widget, tr("Next tokens of both"), 6, {false, true, false, true});
    return widget;
}

void LiveCard::wish(const QJsonObject& keys, const QString& label, const QString& mergeKey)
{
    QJsonObject all = keys;
    if (!planes_ && !keys.contains("planes"))
        all["planes"] = mostPlanes(*runs_[selected_]);
    emit stateWished(all, label, mergeKey);
}

void LiveCard::choosePlanes(int planes)
{
    wish({{"planes", planes}}, tr("Use %1").arg(planesWords(planes)), QStringLiteral("planes"));
}

// As many as all layers use is no choice of its own.
void LiveCard::chooseLayerPlanes(int planes)
{
    std::map<std::string, int> single = single_;
    const int all = std::min(planes_.value_or(8), planesOf(*runs_[selected_], layer_));
    if (planes == all)
        single.erase(layer_);
    else
        single[layer_] = planes;
    QJsonObject layers;
    for (const auto& [layer, own] : single)
        layers[fromUtf8(layer)] = own;
    wish({{"layer_planes", single.empty() ? QJsonValue() : QJsonValue(layers)}},
         tr("Use %1 in one layer").arg(planesWords(planes)), QStringLiteral("layer planes"));
}

void LiveCard::setRuns(const std::vector<RunHandle>& runs, std::size_t selected,
                       const QJsonObject& state)
{
    runs_ = runs;
    selected_ = selected;
    const RunRecord& run = *runs_[selected_];
    const int most = mostPlanes(run);
    setVisible(most > 0);
    if (most == 0)
        return live_->leave();
    const Json json = coreJson(state);
    layer_ = textIn(json, "layer");
    prompt_ = shownText(textIn(json, "prompt"), kLongestPrompt);
    planes_.reset();
    if (const auto planes = wholeIn(json, "planes", 1, 8, 0); planes > 0)
        planes_ = std::min(static_cast<int>(planes), most);
    single_.clear();
    const Json& own = partIn(json, "layer_planes");
    if (own.is_object())
        for (const auto& [layer, value] : own.items()) {
            const int stored = planesOf(run, layer);
            const auto planes = wholeIn(own, layer.c_str(), 1, 8, 0);
            if (stored > 0 && planes > 0)
                single_[layer] = std::min(static_cast<int>(planes), stored);
        }
    setHeading(runs_.size() > 1 ? tr("Fewer planes, live, %1").arg(shownText(versionTick(run), 80))
                                : tr("Fewer planes, live"));
    if (planes_)
        ask();
    else
        live_->leave();
    draw();
}

void LiveCard::setNone()
{
    runs_.clear();
    model_.reset();
    modelOf_.clear();
    live_->leave();
    hide();
}

void LiveCard::ask()
{
    const RunRecord& run = *runs_[selected_];
    if (!model_ || modelOf_ != run.uid) {
        model_.reset();
        missing_.clear();
        modelOf_ = run.uid;
        auto found = PackedModel::of(run);
        if (!found) {
            live_->leave();
            missing_ = fromUtf8(found.error().message);
            return;
        }
        model_.emplace(std::move(*found));
    }
    live_->ask(liveWish(run, model_->folder(), *planes_, single_, prompt_.toStdString()));
}

void LiveCard::draw()
{
    if (runs_.empty())
        return;
    const RunRecord& run = *runs_[selected_];
    const bool isOpen = planes_.has_value();
    intro_->setVisible(!isOpen);
    content_->setVisible(isOpen);
    close_->setVisible(isOpen);
    introWords_->setText(
        fromUtf8("Run this model on the first of its planes, beside the original, and see what it "
                 "says, predicts and how fast it is while the number of planes changes. " +
                 droppingWords(run)));
    const QString trouble = missing_.isEmpty() ? live_->trouble() : missing_;
    banner_->setMessage(isOpen ? trouble : QString(), live_->hasDied() ? tr("Restart") : QString());
    if (!isOpen)
        return;
    const int most = mostPlanes(run);
    slider_->setSteps(1, most);
    slider_->setStep(*planes_);
    QString place = tr("%1 of %2").arg(*planes_).arg(most);
    if (!single_.empty())
        place += tr(", %n layer(s) otherwise", nullptr, static_cast<int>(single_.size()));
    slider_->setWords(place);
    const int ofLayer = planesOf(run, layer_);
    layerSlider_->setVisible(ofLayer > 1);
    if (ofLayer > 1) {
        const auto own = single_.find(layer_);
        layerSlider_->setSteps(1, ofLayer);
        layerSlider_->setStep(own != single_.end() ? own->second : std::min(*planes_, ofLayer));
        layerSlider_->setWords(
            tr("%1 of %2: %3").arg(layerSlider_->step()).arg(ofLayer).arg(shownText(layer_, 120)));
    }
    if (!edit_->hasFocus() || edit_->text().trimmed() == prompt_)
        edit_->setText(prompt_);
    const RunHandle& answer = live_->result();
    const bool isBehind = live_->isBehind();
    progress_->setVisible(isBehind);
    busy_->setVisible(isBehind);
    busy_->setText(answer ? tr("Computing with %1…").arg(planesWords(*planes_))
                          : tr("Opening the original and its version…"));
    answer_->setVisible(answer != nullptr);
    meaning_->setText(fromUtf8(droppingWords(run)));
    if (answer)
        drawAnswer(*answer);
}

void LiveCard::drawAnswer(const RunRecord& answer)
{
    const RunResult& result = answer.result;
    const auto metric = [&](const char* name) { return metricOf(result, name); };
    const auto planes = static_cast<int>(wholeWithin(metric("planes"), 0, 8).value_or(0));
    const QString name = planesWords(planes);
    versionHead_->setText(name);
    const std::string shared = rowText(result, "continuations", 2, "text");
    originalText_->setText(markedText(rowText(result, "continuations", 0, "text"), shared));
    versionText_->setText(markedText(rowText(result, "continuations", 1, "text"), shared));
    const auto tokens = columnNumbers(result, "continuations", "tokens"),
               same = columnNumbers(result, "continuations", "same");
    if (tokens.size() == 3) {
        const double longest = std::max(tokens[0], tokens[1]);
        same_->setText(same[0] == longest ? tr("Both say the same, always the likeliest token.")
                       : same[0] == 0
                           ? tr("Different from the first token on; always the likeliest token, so "
                                "the difference comes from the bits.")
                           : tr("The same for %1 of %2 tokens; always the likeliest token, so the "
                                "difference comes from the bits.")
                                 .arg(same[0])
                                 .arg(longest));
    }
    const double originalBits = metric("bits_original");
    const double predicted = metric("predicted");
    fillRow(*numbers_, 0,
            {std::isfinite(predicted) ? tr("On %1 tokens of the text that judges")
                                            .arg(countWords(static_cast<std::int64_t>(predicted)))
                                      : QString(),
             tr("Original"), name});
    fillRow(
        *numbers_, 1,
        {tr("Bits per weight"), numberWords(originalBits), numberWords(metric("bits_per_weight"))});
    fillRow(*numbers_, 2,
            {tr("Perplexity"), numberWords(metric("perplexity_original")),
             numberWords(metric("perplexity_planes"))});
    fillRow(
        *numbers_, 3,
        {tr("KL from the original (nat)"), QStringLiteral("0"), numberWords(metric("kl_mean"))});
    fillRow(*numbers_, 4,
            {tr("Same likeliest token (%)"), QStringLiteral("100"),
             numberWords(100 * metric("same_best"))});
    fillRow(*numbers_, 5,
            {tr("Tokens per second, measured"), numberWords(metric("tokens_per_second_original")),
             numberWords(metric("tokens_per_second_planes"))});
    fillRow(*next_, 0, {tr("Next, original"), tr("P"), tr("Next, %1").arg(name), tr("P")});
    const auto before = columnNumbers(result, "next", "p_original"),
               after = columnNumbers(result, "next", "p_planes");
    for (std::size_t row = 0; row < 5; ++row) {
        const bool has = row < before.size();
        const auto word = [&](const char* column) {
            return shownText(rowText(result, "next", row, column), 40);
        };
        const auto share = [&](const std::vector<double>& p) {
            return has ? fromUtf8(fmt::format("{:.3f}", p[row])) : QString();
        };
        fillRow(*next_, static_cast<int>(row) + 1,
                {word("token_original"), share(before), word("token_planes"), share(after)});
    }
    Runs shown;
    for (const RunHandle& run : runs_)
        shown.push_back(run.get());
    const std::string fitted = fittedWords(answer, *runs_[selected_], shown);
    fitted_->setVisible(!fitted.empty());
    fitted_->setText(fromUtf8(fitted));
}

void LiveCard::resizeEvent(QResizeEvent* event)
{
    Panel::resizeEvent(event);
    for (QBoxLayout* pair : pairs_)
        pair->setDirection(width() < kTextsBeside ? QBoxLayout::TopToBottom
                                                  : QBoxLayout::LeftToRight);
}

void LiveCard::changeEvent(QEvent* event)
{
    Panel::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && answer_ && live_->result() && planes_)
        drawAnswer(*live_->result()); // the ground of what differs
}

} // namespace vitrine::quantization_plugin
