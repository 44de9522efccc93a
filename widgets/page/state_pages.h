#pragma once

#include <QRect>
#include <QSize>
#include <QStackedWidget>
#include <QString>
#include <QWidget>

#include <functional>
#include <vector>

class QLabel;
class QProgressBar;
class QPushButton;

namespace vitrine
{

// What belongs here, and a button that makes it so.
class EmptyPage : public QWidget
{
    Q_OBJECT
public:
    struct Words {
        QString title, sentence, button, buttonHelp, hint;
    };
    EmptyPage(const Words& words, QWidget* parent);

signals:
    void startWished();
};

// A card of a page's layout, as a grey skeleton.
struct SkeletonCard {
    enum class Body { plain, tiles, square, words, lines };
    QRect place;
    Body body = Body::plain;
};
using Skeleton = std::function<std::vector<SkeletonCard>(QSize)>;

// The real layout in grey, and how far the work is.
class LoadingPage : public QWidget
{
    Q_OBJECT
public:
    LoadingPage(Skeleton skeleton, QWidget* parent);
    void setProgress(const QString& what, double fraction); // fraction < 0: not known

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    Skeleton skeleton_;
    QWidget* box_;
    QLabel* what_;
    QProgressBar* bar_;
};

// What went wrong, and the way on.
class FailurePage : public QWidget
{
    Q_OBJECT
public:
    FailurePage(const QString& heading, QWidget* parent);
    void setMessage(const QString& message, bool canRetry);

signals:
    void retryWished();

private:
    QString whole_;
    QLabel* message_;
    QPushButton* retry_;
};

// What a view shows in its middle: its content, or else the page that says why there is none.
class StatePages : public QStackedWidget
{
    Q_OBJECT
public:
    // `empty` is an EmptyPage or any other widget.
    StatePages(QWidget* empty, Skeleton skeleton, const QString& failureHeading, QWidget* content,
               QWidget* parent);

    struct State {
        bool hasContent = false; // it stays, whatever else goes on
        QString loading{};       // what is being done; empty: nothing
        double fraction = -1;    // of it; < 0: not known
        QString failure{};
        bool canRetry = false;
    };
    void setState(const State& state);

    bool showsContent() const { return currentWidget() == content_; }

    // Bounded: a stored text that some label shows whole must not make the window wider than memory
    // can paint.
    QSize minimumSizeHint() const override
    {
        return QStackedWidget::minimumSizeHint().boundedTo({3000, 3000});
    }

signals:
    void retryWished();

private:
    QWidget *empty_, *content_;
    LoadingPage* loading_;
    FailurePage* failure_;
};

} // namespace vitrine
