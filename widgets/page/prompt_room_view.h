#pragma once

#include "core/figure/figure.h"
#include "widgets/page/room_view.h"

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

class QMenu;
class QSplitter;

namespace vitrine
{

class PromptLine;

// A room view under a line where a prompt is typed, whose runs are opened on a worker thread.
class PromptRoomView : public RoomView
{
    Q_OBJECT
protected:
    using FigureAct = void (ViewContext::*)(const figure::Figure&);

    // `prompt`: in the empty prompt line; `opening`: what is done while runs are opened.
    PromptRoomView(ViewContext& context, BoundState bound, Words words, const QString& prompt,
                   QString opening, QWidget* parent);

    // Puts the page together: prompt, banner, `between`, then the content or why there is none.
    void makePage(QWidget* content, Skeleton skeleton,
                  const std::initializer_list<QWidget*>& between = {});
    void addFigureActions(const QString& figure);
    void addFigureActions(QMenu& menu, const QString& figure);
    void keepSizes(std::initializer_list<QSplitter*> splitters); // that a person gives them

    // --- what a view says
    // Opens these on a worker thread (compute "open"), at least one; ends with opened().
    virtual void openRuns(const std::vector<RunHandle>& done) = 0;
    virtual void dropRuns() = 0; // there is none to show
    // Parameters of a prompt typed here, but for the prompt.
    virtual Values promptValues() const = 0;
    // Makes the figure of that name on a worker thread; none: it cannot be made now.
    virtual std::function<std::optional<figure::Figure>()>
    figureMaker(const QString& name) const = 0;
    // Why "Where from?" has no answer; empty: it has.
    virtual QString whyNoOrigin() const { return {}; }

    // --- what it calls
    // Of what was opened that which is sound; what is not becomes the failure.
    template <typename Opened>
    std::vector<Opened> sound(std::vector<Result<Opened>> opened)
    {
        std::vector<Opened> good;
        for (auto& each : opened)
            if (each)
                good.push_back(std::move(*each));
            else
                failure_ = QString::fromStdString(each.error().message);
        return good;
    }
    // What is shown now, of this text, was made with this prompt.
    void opened(const RunRecord& first, const QStringList& tokens);
    void opened(); // nothing that could be shown
    void withFigure(const QString& name, FigureAct act);
    QString placeholder() const;
    void setPrompt(const std::string& text);

private:
    void showRuns(const std::vector<RunHandle>& done) override;
    QString busy() const override;
    void showWork(const QString& what, double fraction) override;
    void startPrompt(const QString& text, bool compare);

    QString openingWords_;
    bool opening_ = false;
    PromptLine* prompt_;
};

} // namespace vitrine
