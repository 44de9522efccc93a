#pragma once

#include <QRect>
#include <QSize>
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
    QLabel* message_;
    QPushButton* retry_;
};

} // namespace vitrine
