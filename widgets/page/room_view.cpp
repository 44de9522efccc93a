#include "widgets/page/room_view.h"

#include "core/jobs/experiment/param_texts.h"
#include "core/jobs/experiment/read_run.h"
#include "widgets/page/banner.h"
#include "widgets/page/prompt_line.h"
#include "widgets/page/splitters.h"
#include "widgets/theme/style.h"
#include "widgets/theme/text.h"

#include <QMenu>
#include <QScrollArea>
#include <QVBoxLayout>

#include <memory>

namespace vitrine
{

RoomView::RoomView(ViewContext& context, BoundState bound, Words words, QWidget* parent)
    : View(parent),
      context_(context),
      bound_(std::move(bound)),
      words_(std::move(words)),
      prompt_(new PromptLine(words_.prompt, this)),
      banner_(new Banner(this))
{
    setObjectName("page");
    setAccessibleName(words_.name);
    connect(prompt_, &PromptLine::entered, this, &RoomView::startPrompt);
    connect(prompt_, &PromptLine::edited, this, [this](const QString& text) {
        emit parametersEdited({{"prompt", text.toStdString()}});
    });
    connect(banner_, &Banner::acted, this, [this] { actOnNotice(); });
    connect(banner_, &Banner::dismissed, this, [this] {
        dismissNotice();
        showPage();
    });
}

RoomView::~RoomView() = default;

void RoomView::makePage(QWidget* content, Skeleton skeleton,
                        const std::initializer_list<QWidget*>& between)
{
    auto* empty = new EmptyPage(words_.empty, this);
    auto* scroll = new QScrollArea(this);
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    pages_ = new StatePages(empty, std::move(skeleton), words_.failure, scroll, this);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(theme::kPanelPadding, 8, theme::kPanelPadding, theme::kPanelPadding);
    all->setSpacing(8);
    all->addWidget(prompt_);
    all->addWidget(banner_);
    for (QWidget* part : between)
        all->addWidget(part);
    all->addWidget(pages_, 1);
    connect(empty, &EmptyPage::startWished, this, [this] { startStudy(); });
    connect(pages_, &StatePages::retryWished, this, &RoomView::retry);
}

void RoomView::addFigureActions(const QString& figure)
{
    addViewAction(tr("Copy figure"),
                  [this, figure] { withFigure(figure, &ViewContext::copyFigure); });
    addViewAction(tr("Export figure…"),
                  [this, figure] { withFigure(figure, &ViewContext::exportFigure); });
    addViewAction(tr("Add to report"),
                  [this, figure] { withFigure(figure, &ViewContext::addToReport); });
    addViewAction(tr("Where from?"),
                  [this, figure] { withFigure(figure, &ViewContext::showOrigin); });
}

void RoomView::addFigureActions(QMenu& menu, const QString& figure)
{
    const auto add = [&](const QString& text, FigureAct act) {
        menu.addAction(text, this, [this, figure, act] { withFigure(figure, act); });
    };
    add(tr("Copy figure"), &ViewContext::copyFigure);
    add(tr("Export figure…"), &ViewContext::exportFigure);
    add(tr("Add to report"), &ViewContext::addToReport);
    add(tr("Where from?"), &ViewContext::showOrigin);
    menu.addSeparator();
}

void RoomView::keepSizes(std::initializer_list<QSplitter*> splitters)
{
    for (QSplitter* each : splitters)
        connect(each, &QSplitter::splitterMoved, this, [this, each] {
            put("splitters", withSizesOf(*each, state_["splitters"].toObject()),
                tr("Resize panels"), QStringLiteral("splitters"));
        });
}

void RoomView::setRuns(const std::vector<RunHandle>& runs)
{
    runs_ = runs;
    failure_.clear();
    loading_.clear();
    std::vector<RunHandle> done;
    for (const RunHandle& run : runs)
        if (run->state == RunState::done)
            done.push_back(run);
        else
            failure_ = fromUtf8(run->error.empty() ? "the run did not finish" : run->error);
    opening_ = !done.empty();
    if (opening_) {
        showPage();
        return openRuns(done);
    }
    if (!runs.empty())
        setPrompt(parameterText(runs.front()->params, "prompt"));
    dropRuns();
    context_.compute(
        this, QStringLiteral("open"), [] {}, [] {}); // what is still being opened is not wanted
    showPage();
    emit titleChanged();
}

void RoomView::opened(const RunRecord& first, const QStringList& tokens)
{
    opening_ = false;
    bound_.setSubject(subjectOfTokens(tokens));
    setPrompt(parameterText(first.params, "prompt"));
}

void RoomView::opened()
{
    opening_ = false;
}

void RoomView::showPage()
{
    const bool loads = !loading_.isEmpty();
    const QString what = loads ? loading_ : opening_ ? words_.opening : QString();
    prompt_->setProgress(hasContent() && !what.isEmpty(), what, loads ? fraction_ : -1);
    const Notice said = notice();
    banner_->setMessage(hasContent() ? said.message : QString(), said.action);
    pages_->setState({.hasContent = hasContent(),
                      .loading = what,
                      .fraction = loads ? fraction_ : -1,
                      .failure = failure_,
                      .canRetry = lastStart_ || !runs_.empty()});
}

RoomView::Notice RoomView::notice() const
{
    return {failure_, tr("Try again")};
}

void RoomView::dismissNotice()
{
    failure_.clear();
}

void RoomView::setLoading(const QString& what, double fraction)
{
    loading_ = what;
    fraction_ = fraction;
    showPage();
}

// The page around the view says why a run failed; here only the skeleton goes.
void RoomView::setFailure(const QString&)
{
    loading_.clear();
    showPage();
}

void RoomView::change(const QJsonObject& state, const QString& label, const QString& mergeKey)
{
    const QJsonObject kept = bound_.written(state);
    if (kept != state_)
        context_.change(this, kept, label, mergeKey);
}

void RoomView::changeLive(const QJsonObject& state, const Values& params, const QString& label,
                          const QString& mergeKey)
{
    const QJsonObject kept = bound_.written(state);
    if (params.empty())
        change(state, label, mergeKey);
    else if (kept != state_)
        context_.changeLive(this, kept, params, label, mergeKey);
}

void RoomView::put(const char* key, const QJsonValue& value, const QString& label,
                   const QString& mergeKey)
{
    QJsonObject json = current();
    json[QLatin1String(key)] = value;
    change(json, label, mergeKey);
}

void RoomView::start(Values params, bool compare)
{
    lastStart_ = Start{params, compare};
    context_.startRun(this, words_.experiment.toStdString(), params, compare);
}

void RoomView::startPrompt(const QString& text, bool compare)
{
    Values given = promptValues();
    for (const char* other : {"prompt_file", "token_ids"}) // the typed text takes their place
        given.erase(other);
    given["prompt"] = text.toStdString();
    start(std::move(given), compare);
}

void RoomView::retry()
{
    if (lastStart_)
        return start(Start(*lastStart_).params, lastStart_->compare);
    for (const RunHandle& run : runs_)
        if (run->state != RunState::done)
            return start(paramTexts(run->params), false);
    if (!runs_.empty())
        start(paramTexts(runs_.front()->params), false);
}

void RoomView::withFigure(const QString& name, FigureAct act)
{
    if (act == &ViewContext::showOrigin && !whyNoOrigin().isEmpty())
        return context_.showMessage(whyNoOrigin());
    auto make = figureMaker(name);
    if (!make)
        return;
    const auto made = std::make_shared<std::optional<figure::Figure>>();
    context_.compute(
        this, QStringLiteral("figure"), [made, make = std::move(make)] { *made = make(); },
        [this, made, act, name] {
            if (*made)
                (context_.*act)(**made);
            else
                context_.showMessage(tr("There is no figure %1 of what is shown").arg(name));
        });
}

QString RoomView::placeholder() const
{
    return prompt_->placeholder();
}

void RoomView::setPrompt(const std::string& text)
{
    prompt_->setText(fromUtf8(text));
}

QString besideTitle(const QStringList& names)
{
    QString title = names.value(0);
    if (names.size() > 1)
        title = RoomView::tr("%1 beside %2").arg(title, names[1]);
    if (names.size() > 2)
        title += RoomView::tr(" and %1 more").arg(names.size() - 2);
    return title;
}

} // namespace vitrine
