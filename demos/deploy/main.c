/* What the tenant hands over: it reads its list and its password, says what comes of them, and stays until its input ends. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
    char const* password = getenv("DB_PASSWORD");
    FILE* list = fopen("/app/patients.txt", "r");
    if (password == NULL || list == NULL) {
        fputs("no list or no password\n", stderr);
        return 1;
    }
    char line[256];
    int patients = 0;
    int dose = 0;
    while (fgets(line, sizeof line, list) != NULL) {
        char const* number = strrchr(line, ' ');
        if (number == NULL) continue;
        ++patients;
        dose += atoi(number);
    }
    fclose(list);
    printf("%d patients, %d mg in all; the password has %zu characters\n", patients, dose, strlen(password));
    fflush(stdout);
    while (fgets(line, sizeof line, stdin) != NULL) {
        printf("you said: %s", line);
        fflush(stdout);
    }
    return 0;
}
