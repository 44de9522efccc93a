#include "widgets/page/prompt_room_view.h"

#include "core/jobs/experiment/read_run.h"
#include "widgets/page/prompt_line.h"
#include "widgets/page/splitters.h"
#include "widgets/theme/text.h"

#include <QMenu>

#include <memory>

namespace vitrine
{

PromptRoomView::PromptRoomView(ViewContext& context, BoundState bound, Words words,
                               const QString& prompt, QString opening, QWidget* parent)
    : RoomView(context, std::move(bound), std::move(words), parent),
      openingWords_(std::move(opening)),
      prompt_(new PromptLine(prompt, this))
{
    connect(prompt_, &PromptLine::entered, this, &PromptRoomView::startPrompt);
    connect(prompt_, &PromptLine::edited, this, [this](const QString& text) {
        emit parametersEdited({{"prompt", text.toStdString()}});
    });
}

void PromptRoomView::makePage(QWidget* content, Skeleton skeleton,
                              const std::initializer_list<QWidget*>& between)
{
    RoomView::makePage(scrolled(content), std::move(skeleton),
                       {.above = {prompt_}, .between = between});
}

void PromptRoomView::addFigureActions(const QString& figure)
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

void PromptRoomView::addFigureActions(QMenu& menu, const QString& figure)
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

void PromptRoomView::keepSizes(std::initializer_list<QSplitter*> splitters)
{
    for (QSplitter* each : splitters)
        connect(each, &QSplitter::splitterMoved, this, [this, each] {
            put("splitters", withSizesOf(*each, state_["splitters"].toObject()),
                tr("Resize panels"), QStringLiteral("splitters"));
        });
}

void PromptRoomView::showRuns(const std::vector<RunHandle>& done)
{
    opening_ = !done.empty();
    if (opening_)
        return openRuns(done);
    if (!runs_.empty())
        setPrompt(parameterText(runs_.front()->params, "prompt"));
    dropRuns();
    context_.compute(
        this, QStringLiteral("open"), [] {}, [] {}); // what is still being opened is not wanted
}

void PromptRoomView::opened(const RunRecord& first, const QStringList& tokens)
{
    opening_ = false;
    bindTo(subjectOfTokens(tokens));
    setPrompt(parameterText(first.params, "prompt"));
}

void PromptRoomView::opened()
{
    opening_ = false;
}

QString PromptRoomView::busy() const
{
    return opening_ ? openingWords_ : QString();
}

void PromptRoomView::showWork(const QString& what, double fraction)
{
    prompt_->setProgress(!what.isEmpty(), what, fraction);
}

void PromptRoomView::startPrompt(const QString& text, bool compare)
{
    Values given = promptValues();
    for (const char* other : {"prompt_file", "token_ids"}) // the typed text takes their place
        given.erase(other);
    given["prompt"] = text.toStdString();
    start(std::move(given), compare);
}

void PromptRoomView::withFigure(const QString& name, FigureAct act)
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

QString PromptRoomView::placeholder() const
{
    return prompt_->placeholder();
}

void PromptRoomView::setPrompt(const std::string& text)
{
    prompt_->setText(fromUtf8(text));
}

} // namespace vitrine
