#pragma once

#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;

namespace vitrine::accelerators
{

// What belongs here, and a button that makes it so.
class EmptyPage : public QWidget
{
    Q_OBJECT
public:
    explicit EmptyPage(QWidget* parent);

signals:
    void startWished();
};

// The real layout in grey, and how far the work is.
class LoadingPage : public QWidget
{
    Q_OBJECT
public:
    explicit LoadingPage(QWidget* parent);
    void setProgress(const QString& what, double fraction); // fraction < 0: not known

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QLabel* what_;
    QProgressBar* bar_;
};

// What went wrong, and the way on.
class FailurePage : public QWidget
{
    Q_OBJECT
public:
    explicit FailurePage(QWidget* parent);
    void setMessage(const QString& message, bool canRetry);

signals:
    void retryWished();

private:
    QLabel* message_;
    QPushButton* retry_;
};

} // namespace vitrine::accelerators
